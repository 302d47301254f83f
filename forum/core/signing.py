"""Signatures as itsdangerous makes them, by a key that is derived once: its own signers derive it for each word.

What is signed here it takes for its own, and the other way round.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from functools import lru_cache
from hmac import digest

from itsdangerous import Signer
from itsdangerous.encoding import base64_encode, int_to_bytes


class Seal:
    """Signs by HMAC-SHA-256, as the signer that it was made of."""

    def __init__(self, signer: Signer) -> None:
        self._key, self._between = signer.derive_key(), signer.sep

    def sign(self, words: bytes) -> bytes:
        """Return the words with their signature, as `Signer.sign` does."""
        return words + self._between + urlsafe_b64encode(digest(self._key, words, "sha256")).rstrip(b"=")

    def sign_now(self, words: bytes) -> bytes:
        """Return the words with the present moment and the signature of both, as `TimestampSigner.sign` does."""
        return self.sign(words + self._between + _written(int(time.time())))


@lru_cache(maxsize=1)
def _written(moment: int) -> bytes:
    return base64_encode(int_to_bytes(moment))
