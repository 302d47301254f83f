"""Passwords: which are taken, and their argon2id hashes. Nothing here knows the database."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 256  # code points (OWASP ASVS 5.0 V6.2.1 and V6.2.9); no rule about kinds of characters

# OWASP's smallest recommended argon2id: 19 MiB, two passes, one lane. The library's 64 MiB for each sign-in in
# flight would let a handful of them fill a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(4)

# What guessing programs try first, without the digits and marks that people put around such words.
_COMMON_WORDS = """
password passwort passw motdepasse contrasena senha admin administrator root user guest test login welcome
letmein changeme secret default master access qwerty qwertyuiop qwertz azerty asdfgh asdfghjkl zxcvbn zxcvbnm
abc abcd abcde abcdef abcdefg abcdefgh iloveyou loveyou love lovely princess prince dragon monkey shadow
sunshine superman batman spiderman pokemon starwars football baseball basketball hockey soccer liverpool
chelsea arsenal trustno hello hellohello whatever freedom summer winter spring autumn flower computer internet
samsung google facebook michael jordan jennifer jessica michelle daniel charlie andrew thomas robert ashley
hunter killer ninja mustang cookie cheese chocolate pepper orange banana purple silver golden hannah maggie
ginger buster qazwsx qazwsxedc wsxedc qweasd qweasdzxc asd zxc qwe woaini woshishui nihao wodemima mima zhang
wang zhangwei wangwei aini beijing shanghai zhongguo china taobao tencent alibaba 我爱你 密码 我的密码
"""
COMMON_WORDS = tuple(dict.fromkeys(_COMMON_WORDS.split()))
_COMMON = frozenset(COMMON_WORDS)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "zaq12wsxcde34rfvbgt56yhnmju78ik",
)
_LEET = str.maketrans("013457@$!", "oleastasi")


def problem(password: str, personal: Iterable[str] = ()) -> str | None:
    """Return why the password can't be taken: "short", "long", "personal" or "common"; None when it can.

    `personal` are the words that a guesser knows: the user name, the e-mail address, the site's name.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if _plain(password) in {_plain(word) for words in personal for word in (words, words.partition("@")[0])}:
        return "personal"
    return "common" if is_common(password) else None


def is_common(password: str) -> bool:
    """Whether the password is among the first that anybody tries.

    A rule instead of a list of ten thousand: one short piece repeated, a row of neighbouring keys, a
    number, or a common word with digits and marks around it, also in letters replaced by digits.
    """
    plain = re.sub(r"^\W+|\W+$", "", _plain(password))
    if len(set(plain)) <= 3 or _repeats_a_piece(plain) or _is_a_row(plain) or _is_a_number(plain):
        return True
    words = {re.sub(r"[\W\d_]+", "", form) for form in (plain, plain.translate(_LEET))}
    return any(_is_made_of_common_words(word) and len(plain) - len(word) <= 8 for word in words if word)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    with _at_once:
        return _hasher.hash(_settled(password))


def matches(stored: str, password: str) -> bool:
    """Whether `password` belongs to the hash `stored`; an empty one (no such person) costs as much and never does."""
    with _at_once:
        try:
            return _hasher.verify(stored or _nobodys(), _settled(password)) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's and is to be made anew at the next sign-in."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    """A hash of something that nobody knows, made once in a process."""
    return _hasher.hash(secrets.token_bytes(32))


def _settled(password: str) -> bytes:
    """One form for what different keyboards send (NFKC, as NIST SP 800-63B asks); a hopeless length is cut."""
    return unicodedata.normalize("NFKC", password[: LONGEST * 2]).encode("utf-8", "surrogatepass")


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


def _repeats_a_piece(plain: str) -> bool:
    return plain in (plain + plain)[1:-1] and len(plain) <= 16


def _is_a_number(plain: str) -> bool:
    """Whether it is a birthday, a telephone number or a row of digits, at most with two letters before or after."""
    return len(plain) <= 12 and bool(re.fullmatch(r"[a-z]{0,2}\d+[a-z]{0,2}", re.sub(r"[-./ ]", "", plain)))


def _is_a_row(plain: str) -> bool:
    """Whether each character is the neighbour of the one before it, in Unicode or on the keyboard."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps in ({1}, {-1}) or any(plain in row * 2 or plain in row[::-1] * 2 for row in _RUNS)


def _is_made_of_common_words(word: str) -> bool:
    if word in _COMMON:
        return True
    return any(word[:cut] in _COMMON and word[cut:] in _COMMON for cut in range(2, len(word) - 1))
