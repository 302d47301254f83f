"""The web server of one process: granian's worker without the process that granian keeps beside it.

`python -m forum.webserver HOST PORT MODULE:FACTORY`. That other process would only start this one again, which our
supervisor does, and costs 30 MB and a quarter of a second. With several web processes granian's own command runs.
"""

import atexit
import os
import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from forum.serve import BLOCKING_THREADS


class Alone(MPServer):
    """Granian's server that becomes its own and only worker."""

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        """Serve until a signal asks to end, here; never returns. What the application raises ends the process."""
        worker = self._spawn_worker(0, spawn_target, target_loader)
        worker.inner.run()  # what a process of its own would do
        atexit._run_exitfuncs()  # what was read is written down; then out, for granian's threads know no other end
        os._exit(0)


def main() -> None:
    """Serve as the command line says; the same as serve.web_command() asks of granian."""
    host, port, target = sys.argv[1:]
    server = Alone(
        target,
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        factory=True,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.error,
        log_access=False,
    )
    server.serve()


if __name__ == "__main__":
    main()
