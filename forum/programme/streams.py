"""Addresses of streams and recordings: which may be shown in a frame, and where a moment of a recording is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from flask import current_app
from flask_babel import lazy_gettext as _l

from forum.core.errors import Refused
from forum.programme.models import URL_LIMIT

MOMENTS_MOST = 60
LABEL_LIMIT = 120
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?(/[^\s\\<>\"'`{}|^]*)?", re.IGNORECASE)
_MOMENT = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\s+(\S.*)")


def checked(url: str) -> str:
    """Return an address of another site as it is kept ("" for none). Raises Refused for anything but https."""
    url = url.strip()
    if url and (not _ADDRESS.fullmatch(url) or len(url) > URL_LIMIT or not host_of(url)):
        raise Refused(_l("This must be an address that begins with https:// and has no spaces."))
    return url


def host_of(url: str) -> str:
    """Return the host of an address in small letters, with its port if it has one; "" for nonsense."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.hostname or ''}{port}" if parts.hostname else ""
    except ValueError:
        return ""


def may_be_framed(url: str) -> bool:
    """Whether the operator allows players of this host within a page (setting STREAM_HOSTS)."""
    return bool(url) and host_of(url) in current_app.config["STREAM_HOSTS"]


def read_moments(words: str) -> list[list[int | str]]:
    """Return [seconds, label] for each line "12:34 What is said there", by time. Raises Refused for another line."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if len(lines) > MOMENTS_MOST:
        raise Refused(_l("At most %(most)s moments are possible.", most=MOMENTS_MOST))
    return sorted((_moment(line) for line in lines), key=lambda moment: moment[0])


def _moment(line: str) -> list[int | str]:
    found = _MOMENT.fullmatch(line)
    is_time = found is not None and int(found[3]) <= 59 and (found[1] is None or int(found[2]) <= 59)
    if found is None or not is_time or len(found[4]) > LABEL_LIMIT:
        raise Refused(_l("Each line is a time and a few words: 12:34 What is said there."))
    return [int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]), found[4]]


def spoken(seconds: int) -> str:
    """Return 754 as "12:34", and with hours "1:02:03"."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def typed(moments: Sequence[Sequence[int | str]]) -> str:
    """Return moments as the form's lines."""
    return "\n".join(f"{spoken(int(seconds))} {label}" for seconds, label in moments)


def at(url: str, seconds: int) -> str:
    """Return the address of a moment: what players of web sites read (t=…), and the fragment that files know (W3C)."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, f"t={seconds}")))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, f"t={seconds}"))
