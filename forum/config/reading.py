"""How a value of the environment is read, and the refusal to start with one that is not safe."""

from __future__ import annotations

from collections.abc import Mapping

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class UnsafeSetting(SystemExit):
    """A setting that the forum refuses to start with; the message says what to do.

    Whatever command or server meets it ends with this one line and status 1, for a traceback would hide it.
    """


def whole_number(environ: Mapping[str, str], name: str, default: int, most: int | None = None) -> int:
    """Return the setting `name` as a number of zero or more (up to `most`), or raise UnsafeSetting."""
    value = environ.get(name, "") or str(default)
    if not (value.isascii() and value.isdecimal()):
        raise UnsafeSetting(f"{name} must be a whole number of zero or more, not {value!r}.")
    if most is not None and int(value) > most:
        raise UnsafeSetting(f"{name} must be {most:,} at most, not {value}.")
    return int(value)
