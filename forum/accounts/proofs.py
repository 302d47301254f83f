"""Work that a page does before a sign-up, so that a thousand accounts cost a thousand times as much.

The form carries a signed token with the moment at which it was opened. Beside it the page's script puts numbers that
give SHA-256 hashes beginning with zeros: quick to check, slow to find. Nothing is kept until the form is taken;
then the account's row bears the token's mark, which is unique, so that no work counts twice.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, Signer

from forum.config import FORM_LIFETIME_SECONDS
from forum.core.database import now

# Several small pieces instead of one: their sum varies little, so that nobody waits ten times as long by bad luck.
PIECES = 8
LONGEST_NUMBER = 12  # digits
LEAST_AGE = timedelta(seconds=3)  # no person fills the form in faster (Discourse holds first posts typed in 3 s)


@dataclass(frozen=True)
class Opened:
    """A form of ours that was opened `age` ago; `key` marks it."""

    age: timedelta
    key: str

    @property
    def is_quick(self) -> bool:
        """Whether it comes back faster than a person types."""
        return self.age < LEAST_AGE


def open_form() -> str:
    """Return the token for a form that is opened now."""
    moment = int(now().timestamp() * 1000)
    return _signer().sign(f"{moment}.{secrets.token_urlsafe(12)}").decode()


def opened(token: str) -> Opened | None:
    """Return what a token says, or None when it is not ours, or older than a form may be."""
    try:
        moment = _signer().unsign(token.encode("utf-8", "replace")).decode().partition(".")[0]
    except BadSignature:
        return None
    age = now() - datetime.fromtimestamp(int(moment) / 1000, UTC)
    if age > timedelta(seconds=FORM_LIFETIME_SECONDS):
        return None
    return Opened(age, hashlib.sha256(token.encode()).hexdigest())


def is_solved(token: str, answer: str, bits: int) -> bool:
    """Whether `answer` holds for each piece a number whose hash with the token begins with enough zero bits.

    `bits` are those of one puzzle as hard as all pieces together: each piece has log2(PIECES) fewer.
    """
    numbers = answer.split(".")
    if len(numbers) != PIECES or not all(_is_number(number) for number in numbers):
        return False
    shift = 256 - bits_of_a_piece(bits)
    hashes = (hashlib.sha256(f"{token}:{place}:{number}".encode()).digest() for place, number in enumerate(numbers))
    return all(int.from_bytes(digest) >> shift == 0 for digest in hashes)


def bits_of_a_piece(bits: int) -> int:
    """Return how many zero bits each of the PIECES needs."""
    return max(1, bits - (PIECES.bit_length() - 1))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _signer() -> Signer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return Signer(keys, salt="a sign-up form", sep="~", digest_method=hashlib.sha256)
