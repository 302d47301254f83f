"""Small file systems that nobody else sees, and filling them up."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.faults.stage import Stage

MAY_MOUNT = "FAULTS_MAY_MOUNT"  # in the environment of a row that has a mount namespace of its own
PIECE = 1 << 16


@dataclass
class Disk:
    """A mounted file system and what fills it."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave no byte free."""
        handle = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (PIECE, 4096, 512, 1):
                _write_until_full(handle, bytes(size))
        finally:
            os.close(handle)

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


def _write_until_full(handle: int, piece: bytes) -> None:
    while True:
        try:
            if os.write(handle, piece) < len(piece):
                return
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            return


def small_disk(stage: Stage, kind: str, megabytes: int) -> Disk | None:
    """Mount a file system of that size, "ext4" in a file or "tmpfs"; None where this machine does not allow it."""
    if not os.environ.get(MAY_MOUNT):
        stage.missing(f"{kind}: mounting needs root and a mount namespace (unshare), which this machine does not allow")
        return None
    folder = stage.new_folder(kind)
    if kind == "tmpfs":
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(folder)]
    else:
        image = stage.folder / f"{folder.name}.img"
        with image.open("wb") as file:
            file.truncate(megabytes * 2**20)
        if (
            not shutil.which("mkfs.ext4")
            or subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], capture_output=True, check=False).returncode
        ):
            stage.missing("ext4: there is no mkfs.ext4 here")
            return None
        command = ["mount", "-o", "loop", str(image), str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        stage.missing(f"{kind}: {mounted.stderr.strip()}")
        return None
    stage.at_end(lambda: _told(["umount", "-l", str(folder)]))
    return Disk(folder)


def _told(command: list[str]) -> None:
    subprocess.run(command, check=False)
