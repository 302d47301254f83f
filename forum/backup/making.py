"""Making the file of a backup: it appears under its name when it is whole and was read again, and not before."""

from __future__ import annotations

import errno
import glob
import os
import tempfile
import time
from pathlib import Path

from forum.backup.reading import BrokenBackup, Contents, examine, is_backup
from forum.backup.writing import Moved, write

LEFT_SECONDS = 3600.0  # after which a draft that nobody has written to is of somebody who was killed


def back_up(file: Path, passphrase: str = "", moved: Moved = lambda _table, _rows: None) -> Contents:
    """Write everything into `file`, which only its owner may read; with a passphrase it is sealed.

    An earlier backup of that name is replaced, by one that is whole; any other file is left alone (FileExistsError).
    Several at once do not disturb each other, and the last one's stays. Raises OSError, and BrokenBackup when what was
    written can't be read again.
    """
    if file.exists() and not is_backup(file):
        raise FileExistsError(errno.EEXIST, "there is another file of that name, which is no backup")
    forget_drafts(file.parent, file.name)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)  # 0600, never a link
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            rows = write(out, passphrase, moved)
            out.flush()
            os.fsync(out.fileno())
        contents = examine(draft, passphrase)
        if contents.rows != rows:
            raise BrokenBackup("it does not hold what was written")
        draft.replace(file)
        _make_lasting(file.parent)
    finally:
        draft.unlink(missing_ok=True)
    return contents


def forget_drafts(folder: Path, name: str = "") -> None:
    """Delete what those have left who were killed while they made a backup of this name; "" is of any name."""
    for left in folder.glob(f".{glob.escape(name) if name else '*'}.*.part"):
        if left.stat().st_mtime < time.time() - LEFT_SECONDS:
            left.unlink(missing_ok=True)


def _make_lasting(folder: Path) -> None:
    """Let the new name in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
