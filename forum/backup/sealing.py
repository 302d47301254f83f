"""A file that only a passphrase opens: AES-256-GCM in pieces, so that neither end has to hold all of it in memory.

Each piece is sealed with its number and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015): pieces can't be left out, put elsewhere or cut off. scrypt makes the key (RFC 7914).
"""

from __future__ import annotations

import io
import secrets
import struct
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"gathering sealed backup 1\n"
PIECE = 64 * 1024
_TAG, _SALT, _PREFIX = 16, 16, 7
_WORK = 2**15  # scrypt's n: 32 MB and a tenth of a second for each guess


class WrongPassphrase(Exception):
    """The passphrase does not open the file, or the file was changed."""


def _key(passphrase: str, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 10 MB that only a sealed one needs
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415

    return AESGCM(Scrypt(salt=salt, length=32, n=_WORK, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


class Sealing(io.RawIOBase):
    """Writes to `out` what is written here, sealed. `close` writes the last piece; without it the file is no good."""

    def __init__(self, out: IO[bytes], passphrase: str) -> None:
        salt, self._prefix = secrets.token_bytes(_SALT), secrets.token_bytes(_PREFIX)
        self._out, self._key, self._number, self._rest = out, _key(passphrase, salt), 0, bytearray()
        out.write(MARK + salt + self._prefix)

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Take the content in; whole pieces go out."""
        self._rest += content
        while len(self._rest) > PIECE:
            self._seal(bytes(self._rest[:PIECE]), is_last=False)
            del self._rest[:PIECE]
        return len(content)

    def close(self) -> None:
        """Write the rest as the last piece."""
        if not self.closed:
            self._seal(bytes(self._rest), is_last=True)
            super().close()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._out.write(self._key.encrypt(_nonce(self._prefix, self._number, is_last=is_last), piece, MARK))
        self._number += 1


class Opening(io.RawIOBase):
    """Reads what was sealed into `source`, which stands behind the MARK. Raises WrongPassphrase."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        salt, self._prefix = source.read(_SALT), source.read(_PREFIX)
        if len(self._prefix) < _PREFIX:
            raise WrongPassphrase
        self._source, self._key, self._number, self._rest = source, _key(passphrase, salt), 0, b""
        self._next = source.read(PIECE + _TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill the buffer with what comes next; 0 at the end."""
        if not self._rest and self._next:
            sealed, self._next = self._next, self._source.read(PIECE + _TAG)
            from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see above

            nonce = _nonce(self._prefix, self._number, is_last=not self._next)
            try:
                self._rest = self._key.decrypt(nonce, sealed, MARK)
            except InvalidTag as error:
                raise WrongPassphrase from error
            self._number += 1
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
