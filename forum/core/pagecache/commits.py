"""Whether anybody has committed to a SQLite database, seen without a call to the system.

In WAL mode each commit changes a header in memory that all processes share, before the writer hears that it is
committed; SQLite itself reads there what is the latest (its "wal-index", of which this looks only at whether it is
the same as before). Asking SQLite takes three calls to the system, longer than all else that we do for a kept page.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import threading
from pathlib import Path
from typing import Protocol

LENGTH = 96  # bytes: the header twice, as SQLite writes it
_COPY = LENGTH // 2
_FORMAT = 3_007_000  # the first number in it; another one would mean another header
_IS_READY = 12  # where it says that it is filled in


class Memory(Protocol):
    """Memory that others write."""

    def __getitem__(self, place: slice, /) -> bytes:
        """Return what is there now."""


# By device and number of the file. Its descriptors are never closed, also not at the end of the process: whoever
# closes one takes away every lock that this process has on the file, those that SQLite holds at that moment too.
_mapped: dict[tuple[int, int], mmap.mmap] = {}
_turn = threading.Lock()


def shared_memory(database: str) -> Memory | None:
    """Return the header's memory, for as long as a connection to `database` is open that has read in WAL mode.

    None where there is none that is understood, as of another SQLite.
    """
    if sys.platform != "linux":
        return None
    try:
        with _turn:
            memory = _of_file(Path(f"{Path(database).resolve()}-shm"))  # beside the file itself, as SQLite puts it
    except (OSError, ValueError):  # not there, or too short
        return None
    said = memory[:LENGTH]
    (number,) = struct.unpack_from("=I", said)
    is_whole = said[:_COPY] == said[_COPY:] and said[_IS_READY] == 1
    return memory if number == _FORMAT and is_whole else None


def _of_file(path: Path) -> mmap.mmap:
    import ctypes  # noqa: PLC0415 - for one call, once for a database

    found = path.stat()
    if (found.st_dev, found.st_ino) in _mapped:
        return _mapped[found.st_dev, found.st_ino]
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    memory = mmap.mmap(descriptor, LENGTH, access=mmap.ACCESS_READ)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(memory))  # so that nothing closes its descriptor
    _mapped[found.st_dev, found.st_ino] = memory
    return memory
