"""Names for the people of the corpora: valid here, unlike each other, and the same in every run."""

from __future__ import annotations

import hashlib
import re

from forum.accounts.policy import is_reserved
from forum.core.text import NAME_LIMIT, BadUsername, normalize_line, skeleton, valid_username
from forum.core.usernames import LONGEST


class Names:
    """Gives each person a user name, in the order in which they are asked for."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def username(self, wanted: str, otherwise: str) -> str:
        """Return a free, valid user name close to `wanted`, or made of `otherwise` when nothing of it is left."""
        stem = _valid(wanted) or otherwise
        name, number = stem, 1
        while skeleton(name) in self._taken or is_reserved(name):
            number += 1
            name = f"{stem[: LONGEST - 5].rstrip('_.-')}-{number}"
        self._taken.add(skeleton(name))
        return valid_username(name)


def display_name(wanted: str) -> str:
    """Return the name as it was, fit to be shown."""
    return normalize_line(wanted, 10 * NAME_LIMIT, least=0)[:NAME_LIMIT].strip()


def draw(key: str, among: int) -> int:
    """Return a number below `among` that depends on the key alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % among


def _valid(wanted: str) -> str:
    kept = "".join(char if _is_allowed(char) else " " for char in wanted)
    joined = re.sub(r"[\s_.-]*([\s_.-])[\s_.-]*", r"\1", kept.strip(" _.-")).replace(" ", "_")[:LONGEST]
    try:
        return valid_username(joined.rstrip("_.-"))
    except BadUsername:
        return ""


def _is_allowed(char: str) -> bool:
    try:
        valid_username(f"a{char}a")
    except BadUsername:
        return False
    return True
