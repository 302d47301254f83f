"""Runs the whole forum as one command: set-up, then the web server and the worker, stopped together.

`python -m forum.serve` is what `make run` ends in, and one way to run in production. It does not load the
application: set-up, web server and worker are processes of their own. `python -m forum.serve web` runs the web server
alone, for one of several machines: set-up and workers are started beside it.
"""

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from forum import stamp
from forum.guard import PATIENCE, Guard
from forum.supervisor import Child, GiveUp, Signals, Stopped, Supervisor, say

# Requests that one web process handles at once; a page spends its time in Python, so more than eight would only wait.
# The other four are for those who do wait: at most four for a renderer (markup/bounds.py) and four for a person's own
# request before (turns.py), so that pages always find a free thread.
BLOCKING_THREADS = 12
# glibc keeps memory for each thread apart, up to eight times the number of cores; what is freed in one serves no other.
MEMORY = {"MALLOC_ARENA_MAX": "2"}
STOPPING = "FORUM_STOPPING"  # names to the web server the file that is there once it is about to be stopped


def main() -> int:
    """Run the forum until it is stopped. Returns the exit status: 0 when asked to stop, 1 if it can't run."""
    signals, guard = Signals(), Guard()
    supervisor = Supervisor(signals, guard)
    try:
        serve(supervisor, web_alone=what_is_asked(sys.argv[1:]))
    except GiveUp as reason:
        say(str(reason))
        return 1
    except Stopped:
        pass
    finally:
        supervisor.stop()
        guard.close()
    say("Stopped.")
    return 0


def what_is_asked(arguments: list[str]) -> bool:
    """Return whether only the web server is to run; GiveUp for an argument that says nothing."""
    if arguments in ([], ["web"]):
        return bool(arguments)
    raise GiveUp(f"python -m forum.serve knows one argument, web, and not: {' '.join(arguments)}")


def serve(supervisor: Supervisor, *, web_alone: bool) -> None:
    """Set up, fill an empty forum with samples (never in production), and run; or only run the web server."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = number_from("PORT", 8000, highest=65535)
    workers = number_from("WEB_WORKERS", 1, highest=256)
    production = os.environ.get("FORUM_ENV") == "production"
    delay = number_from("STOP_DELAY", 0, highest=300, lowest=0)
    check_address(host, port)
    os.environ.update(MEMORY | os.environ)
    if workers > 1 and not os.environ.get("REDIS_URL"):
        say(f"WEB_WORKERS={workers} without REDIS_URL: each process counts alone, limits are {workers} times as wide.")
    forget_counts(port)
    children = [Child("web server", web_command(host, port, workers))]
    if not web_alone:
        children.append(Child("worker", set_up(supervisor, host, port), waits=True))
    with announced_stop(supervisor, f"{socket.gethostname()}-{port}", delay):
        supervisor.run(children, lambda: answers(host, port), lambda: announce(host, port, production))


def set_up(supervisor: Supervisor, host: str, port: int) -> list[str]:
    """Do what `flask setup` does, unless the worker can do it beside the web server. Returns the worker's command."""
    is_set_up = stamp.is_valid(os.environ)
    if not is_set_up:
        supervisor.run_once("set-up", flask_command("setup", "--samples"))  # which production ignores
        stamp.put(os.environ)
        check_address(host, port)  # set-up may have taken long enough for somebody else to listen there
    return flask_command("worker", *["--after-setup"] * is_set_up)


@contextlib.contextmanager
def announced_stop(supervisor: Supervisor, node: str, delay: float) -> Iterator[None]:
    """Let /health/ready say 503 from the moment of a wish to stop, so many seconds before the web server stops."""
    sign = stamp.instance_of(os.environ) / f"stopping-{node}"
    os.environ[STOPPING] = str(sign)
    sign.unlink(missing_ok=True)  # left behind by a power cut
    try:
        yield
        with contextlib.suppress(OSError):  # a full disk must not keep anybody from stopping
            sign.touch()
        supervisor.signals.wait_while(lambda: True, delay)
    finally:
        supervisor.stop()
        sign.unlink(missing_ok=True)


def forget_counts(port: int) -> None:
    """Let what the processes of this web server count together begin at nought, as what one process counts does."""
    for file in (stamp.instance_of(os.environ) / "metrics" / str(port)).glob("*.db"):
        file.unlink(missing_ok=True)


def number_from(variable: str, default: int, highest: int, lowest: int = 1) -> int:
    """A whole number from `lowest` to `highest` from the environment; GiveUp if it is something else."""
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise GiveUp(f"{variable}={text} is not a number from {lowest} to {highest}.")
    return int(text)


def check_address(host: str, port: int) -> None:
    """GiveUp if we can't listen there. Asked first, because the web server would share a port in use."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
            trial.bind(address)
            trial.listen()
    except socket.gaierror:
        raise GiveUp(f"HOST={host} is not an address.") from None
    except PermissionError:
        raise GiveUp(f"Port {port} needs special rights. Choose another: PORT=8001 make run") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise GiveUp(f"Port {port} is in use. Choose another: PORT={port % 65535 + 1} make run") from None
        raise GiveUp(f"Listening on HOST={host} is not possible: {error.strerror}.") from None


def answers(host: str, port: int) -> bool:
    """Whether the forum answers there by now."""
    question = f"GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    try:  # by hand, for the library of HTTP is a third of what a supervisor needs of memory
        with socket.create_connection((reachable(host), port), timeout=2) as connection:
            connection.sendall(question.encode())
            answer = connection.makefile("rb").readline()
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 ") and answer[9:10] in (b"2", b"3", b"4")


def reachable(host: str) -> str:
    """The address that reaches a server listening on `host`, which may be "any"."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on


def announce(host: str, port: int, production: bool) -> None:
    """Say where the forum is and how to go on."""
    name = reachable(host)
    say(f"\nThe forum is open at http://{f'[{name}]' if ':' in name else name}:{port}/   (Ctrl-C stops it)")
    if not production:
        flask = os.path.relpath(Path(sys.executable).with_name("flask"))
        say(
            "To become an administrator, in another terminal:\n"
            f"  {flask} people create YOUR_NAME --email YOU@example.org --role admin\n"
        )


def web_command(host: str, port: int, workers: int = 1) -> list[str]:
    """The web server's command line: the same here, in the tests and in a production unit of its own.

    One web process is started again by us; of several, each by granian, without a gap. The log level hides a warning
    that so many threads should be bounded by `backpressure`. That counts idle connections too, so a bound of twelve
    would let twelve silent browsers block everybody.
    """
    if workers == 1:
        return [sys.executable, "-m", "forum.webserver", host, str(port), "wsgi:create_app"]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--http", "1", "--no-ws"]
    command += ["--host", host, "--port", str(port), "--workers", str(workers)]
    command += ["--blocking-threads", str(BLOCKING_THREADS), "--workers-kill-timeout", str(int(PATIENCE) - 2)]
    return [*command, "--log-level", "error", "--no-access-log", "--respawn-failed-workers", "wsgi:create_app"]


def flask_command(*arguments: str) -> list[str]:
    """A `flask …` command line that works wherever the virtual environment lies."""
    return [sys.executable, "-m", "flask", *arguments]


if __name__ == "__main__":
    sys.exit(main())
