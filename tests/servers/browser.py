"""Which Chromium the journeys use and how it is started."""

import os
import shutil
import sys

# The first is the same browser without its windows and menus: each visitor costs a fifth of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Without these Chromium looks up its maker's hosts at every start, which a closed network answers slowly.
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"]
QUIET += ["--disable-background-networking"]


def chromium() -> str:
    """The program to start. FileNotFoundError with what to do when there is none."""
    wanted = os.environ.get("CHROMIUM")
    for name in (wanted,) if wanted else NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise FileNotFoundError(
        f"No Chromium on this machine{f' at CHROMIUM={wanted}' if wanted else ''}: "
        "`make machine` installs one or says how."
    )


def arguments() -> list[str]:
    """Command-line arguments. Chromium's own sandbox does not run as root."""
    return [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET


if __name__ == "__main__":  # asked by scripts/test-machine.sh
    sys.stdout.write(chromium() + "\n")
