"""`flask …` commands in forks of one process that has imported the forum: each is spared the second that takes."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Commands:
    """A process that forks for each command, started by the first. It ends when nobody can ask it any more."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: tuple[str, ...], env: Mapping[str, str], stdin: str = "") -> tuple[int, str]:
        """Run `flask ARGUMENTS` and return its exit status and what it printed, on either stream."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            given, said = Path(folder) / "stdin", Path(folder) / "output"
            given.write_text(stdin, "utf-8")
            order = {"arguments": arguments, "env": dict(env), "stdin": str(given), "output": str(said)}
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            status = int(process.stdout.readline())
            return status, said.read_text("utf-8")

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate(timeout=30)
            self._process = None

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

    import forum.cli.listing  # noqa: F401 - what the forks have imported already
    import wsgi  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
            flask.cli.main()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _become(order: dict[str, object]) -> None:
    """Make this fork what `subprocess.run` would have made."""
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]
    sys.argv = ["flask", *order["arguments"]]  # type: ignore[misc]
    for name, mode, numbers in (("stdin", os.O_RDONLY, (0,)), ("output", os.O_WRONLY | os.O_CREAT, (1, 2))):
        file = os.open(str(order[name]), mode, 0o600)
        for number in numbers:
            os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main()
