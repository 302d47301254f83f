"""`flask …` commands and servers in forks of one process that has imported the forum: each is spared the second that
takes. How they start without it is tried in tests/test_start.py, test_serve.py and test_supervisor.py.
"""

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Started:
    """A server in a fork of the other process, which leads a group of its own; to be handled like a Popen."""

    def __init__(self, pid: int, args: Sequence[str], end_of: Callable[[int], int]) -> None:
        self.pid, self.args = pid, list(args)
        self.returncode: int | None = None
        self._turn = threading.Lock()
        self._handle, self._end_of = os.pidfd_open(pid), end_of

    def poll(self) -> int | None:
        """Return how it has ended, as Popen does, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return how it has ended, once it has; subprocess.TimeoutExpired if it goes on for so many seconds."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGTERM)

    def _ended(self, timeout: float | None) -> int | None:
        if select.select([self._handle], [], [], timeout)[0]:
            with self._turn:  # a mail server's thread and the test may ask at the same moment
                if self.returncode is None:
                    self.returncode = self._end_of(self.pid)
        return self.returncode

    def __del__(self) -> None:
        """Give back the handle."""
        os.close(self._handle)


class Commands:
    """A process that forks for each command, started by the first. It ends when nobody can ask it any more."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def run(self, arguments: Sequence[str], env: Mapping[str, str], stdin: str = "") -> tuple[int, str]:
        """Run `flask ARGUMENTS` and return its exit status and what it printed, on either stream."""
        with tempfile.TemporaryDirectory() as folder:
            given, said = Path(folder) / "stdin", Path(folder) / "output"
            given.write_text(stdin, "utf-8")
            pid = self._fork(["flask", *arguments], env, given, said)
            return self._end_of(pid), said.read_text("utf-8")

    def start(self, command: Sequence[str], env: Mapping[str, str], log: Path) -> Started:
        """Start `[python, "-m", "flask" or a web server, …]` as a process that writes to the end of `log`."""
        assert command[1] == "-m"
        return Started(self._fork(command[2:], env, Path(os.devnull), log), command, self._end_of)

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate(timeout=30)
            self._process = None

    def _fork(self, arguments: Sequence[str], env: Mapping[str, str], stdin: Path, output: Path) -> int:
        return self._ask(arguments=[*arguments], env=dict(env), stdin=str(stdin), output=str(output))

    def _end_of(self, pid: int) -> int:
        """Wait until the fork has ended; return how, as Popen does."""
        return self._ask(wait=pid)

    def _ask(self, **order: object) -> int:
        with self._turn:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.servers.commands"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        return self._process


COMMANDS = Commands()  # of this test process


def main() -> None:
    """The forking end: one command after another, until standard input closes."""
    import flask.cli
    import granian.cli

    import wsgi  # noqa: F401
    from forum import webserver
    from forum.cli import listing
    from forum.core import queues
    from tests.servers import mortal

    queues.in_memory()
    for name in listing.COMMANDS:
        listing.command(name)

    gc.collect()
    gc.freeze()  # else each fork would copy all of it when it first looks for garbage
    programs = {"flask": flask.cli.main, "granian": granian.cli.entrypoint, "forum.webserver": webserver.main}
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if not answer:
                _become(order)
                mortal.arrange()
                os._exit(_status_of(programs[order["arguments"][0]]))
            os.setpgid(answer, answer)  # whoever is first: from now on it can be ended as a group
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _status_of(program: Callable[[], object]) -> int:
    """Run it to its end and return how it ended; taking the interpreter apart afterwards would take half a second."""
    status: object = 0
    try:
        program()
    except SystemExit as ended:
        status = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]  # as Python does at its end
        status = 1
    if not isinstance(status, int):
        sys.stderr.write(f"{status}\n")
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _become(order: dict[str, object]) -> None:
    """Make this fork what `subprocess` would have made, in a group of its own."""
    os.setpgid(0, 0)
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]
    sys.argv = list(order["arguments"])  # type: ignore[call-overload]
    end = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for name, mode, numbers in (("stdin", os.O_RDONLY, (0,)), ("output", end, (1, 2))):
        file = os.open(str(order[name]), mode, 0o600)
        for number in numbers:
            os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main()
