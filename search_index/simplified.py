"""Traditional Chinese characters as their simplified forms. Light to import: the table is loaded when it is needed."""

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _table() -> Any:
    """OpenCC's traditional → simplified table, loaded (some 10 ms, 2 MB) when the first Han character is met."""
    import opencc  # noqa: PLC0415 - slow to load, and a process that meets no Han does not need it

    return opencc.OpenCC("t2s")


def simplified(han: str) -> str:
    """Return Han characters with the traditional ones among them simplified; no half of a surrogate pair."""
    return str(_table().convert(han))
