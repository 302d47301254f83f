"""A kept page laid out for all who are shown the same of its parts, and compressed before they come.

gzip's blocks between two places are made once; what a reader has in a place goes between them as it is, uncompressed.
So no secret of theirs is compressed together with words that somebody else could choose (BREACH).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

LAYOUTS = (
    3  # of a page that are kept: many readers are shown the same parts, and each takes a sixth to a third of the page
)
_LEVEL = 6
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # of gzip: deflated, no name, no moment, any system
_EMPTY = b"\x00\x00\xff\xff"  # zlib ends a flushed block by an empty one that is stored; there we say what is stored
_LONGEST = 0xFFFF  # bytes in a stored block
_NEVER = b"\xff"  # stands in no text, so that nothing behind a place refers to what stands in it
_VARIES = -1


class Layout:
    """Pieces of a page, and between them the places of values, by their names."""

    def __init__(self, parts: Sequence[bytes | str]) -> None:
        """`parts` are pieces and names, in their order."""
        self._blank = [part if isinstance(part, bytes) else b"" for part in parts]
        self._places = [(place, part) for place, part in enumerate(parts) if isinstance(part, str)]
        self._lengths: dict[str, int] | None = None  # of the values so far
        self._packed: _Packed | None = None

    def fill(self, values: Mapping[str, Any]) -> bytes:
        """Return the page with these values. Raises KeyError when one is missing."""
        pieces = self._blank.copy()
        for place, name in self._places:
            pieces[place] = values[name]
        return b"".join(pieces)

    def gzipped(self, values: Mapping[str, Any], page: bytes) -> bytes | None:
        """Return `page`, which is this one with these values, as gzip; None the first time, and while it isn't ready.

        What is asked for once is not worth it. Behind a value whose length is not always the same nothing can refer to
        what stands before it; which values these are is learned from those that come.
        """
        if self._packed is not None and (body := self._packed.fill(values, page)) is not None:
            return body
        known = self._lengths
        sizes = {name: len(values[name]) for _place, name in self._places}
        lengths = {name: size if size <= _LONGEST else _VARIES for name, size in sizes.items()}
        if known is not None:
            lengths = {name: length if known[name] == length else _VARIES for name, length in lengths.items()}
        self._lengths = lengths
        if known is None or (self._packed is not None and lengths == known):
            return None
        packed = self._packed = _Packed(self._blank, [(place, name, lengths[name]) for place, name in self._places])
        return packed.fill(values, page)


class _Packed:
    """A layout as gzip: what is compressed already, and where values go."""

    def __init__(self, blank: Sequence[bytes], places: Sequence[tuple[int, str, int]]) -> None:
        self._places: list[tuple[int, str, int]] = []
        self._parts = [_HEAD]
        packer, pending = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), 0
        for place, name, length in places:
            piece = packer.compress(b"".join(blank[pending:place]))
            piece += packer.flush(zlib.Z_FULL_FLUSH if length == _VARIES else zlib.Z_SYNC_FLUSH)
            pending = place + 1
            if length == _VARIES:
                self._parts.append(piece.removesuffix(_EMPTY))
            else:  # for zlib the value stands there, in bytes that nothing will refer to
                packer.compress(_NEVER * length)
                packer.flush(zlib.Z_SYNC_FLUSH)
                self._parts.append(piece.removesuffix(_EMPTY) + _stored(length))
            self._places.append((len(self._parts), name, length))
            self._parts.append(b"")
        self._parts.append(packer.compress(b"".join(blank[pending:])) + packer.flush())

    def fill(self, values: Mapping[str, Any], page: bytes) -> bytes | None:
        """Return `page` as gzip, or None when a value has not the length that was expected."""
        parts = self._parts.copy()
        for place, name, expected in self._places:
            value = values[name]
            if len(value) == expected:
                parts[place] = value
            elif expected == _VARIES and len(value) <= _LONGEST:
                parts[place] = _stored(len(value)) + value
            else:
                return None
        parts.append(struct.pack("<II", zlib.crc32(page), len(page)))
        return b"".join(parts)


def _stored(length: int) -> bytes:
    """Return what says that so many bytes follow as they are."""
    return struct.pack("<HH", length, length ^ _LONGEST)
