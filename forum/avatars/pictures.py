"""From what was uploaded to squares of our own making, in a child process; the file itself is never kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from forum.avatars.sizes import FILE_BYTES, REFUSALS, SIZES

WALL_SECONDS = 10  # the child bounds its own processor time; this ends one that hangs
TURN_SECONDS = 5  # how long a picture waits for those before it

_PROJECT = Path(__file__).parents[2]
_turns = BoundedSemaphore(2)  # pictures decoded at once by this process: what they cost is bounded, too
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


class BadPicture(ValueError):
    """A file that is refused. `reason`: "large", "kind", "pixels", "small", "broken" or "busy"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def squares(data: bytes) -> dict[int, bytes]:
    """Return WebP pictures by their side in pixels (SIZES), made from a PNG, JPEG, WebP or GIF; raise `BadPicture`.

    The content decides, not the name. Upright by its EXIF, the middle cut out, the first frame of a moving one, and
    nothing of the file left but its pixels.
    """
    if len(data) > FILE_BYTES:
        raise BadPicture("large")
    if not data.startswith(_BEGINNINGS) and not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise BadPicture("kind")  # seen here, so that most of what is no picture costs no process
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise BadPicture("busy")
    try:
        return _decoded(data)
    finally:
        _turns.release()


def _decoded(data: bytes) -> dict[int, bytes]:
    # Nothing of our environment (keys, addresses of databases) goes to where hostile files are read.
    environment = {"PYTHONPATH": str(_PROJECT), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "forum.avatars.decoder"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and nothing of the file is an argument
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, cwd=_PROJECT, timeout=WALL_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadPicture("broken") from None
    if done.returncode:  # a child that was killed for what it used is no better than a broken picture
        raise BadPicture(REFUSALS.get(done.returncode, "broken"))
    return dict(zip(SIZES, _parts(done.stdout), strict=True))


def _parts(answer: bytes) -> list[bytes]:
    parts, place = [], 0
    while place < len(answer):
        length = int.from_bytes(answer[place : place + 4], "big")
        parts.append(answer[place + 4 : place + 4 + length])
        place += 4 + length
    return parts
