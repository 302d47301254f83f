"""Settings about the site itself: its host names, whom people write to, the work of a sign-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from forum.config.reading import UnsafeSetting, whole_number

MOST_WORK = 20  # bits of SIGNUP_WORK: half a minute on a phone
# What CONTACT may be: an e-mail address, an https address without a password in it, a path of this forum.
CONTACTS = (
    re.compile(r"[\w.%+-]+@[\w-]+(\.[\w-]+)+"),
    re.compile(r"https://[\w.-]+(:\d+)?(/[^\s\\<>\"]*)?"),
    re.compile(r"/(?![/\\])[^\s\\<>\"]*"),
)


def contact(value: str) -> str:
    """Return the setting CONTACT, "" for none, or raise UnsafeSetting when nobody could be reached there."""
    value = value.strip()
    if value and not any(kind.fullmatch(value) for kind in CONTACTS):
        raise UnsafeSetting(
            "CONTACT must be an e-mail address, an address that begins with https:// or a path of this forum "
            f"such as /threads/1, not {value!r}."
        )
    return value


def allowed_hosts(names: str, site_url: str, *, production: bool) -> frozenset[str]:
    """Return the host names under which requests are answered, as browsers send them; empty means under any.

    In production always that of SITE_URL; in development only what the setting says, if it says anything.
    """
    given = names.split()
    if production or given:
        given.append(urlsplit(site_url).hostname or "")
    return frozenset(filter(None, map(_as_sent, given)))


def stream_hosts(names: str) -> frozenset[str]:
    """Return the hosts whose players may stand in a frame, or raise UnsafeSetting for what is no host name."""
    hosts = frozenset(name.lower() for name in names.split())
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", host):
            raise UnsafeSetting(f"STREAM_HOSTS must hold host names such as player.example.org, not {host!r}.")
    return hosts


def _as_sent(host: str) -> str:
    """Return a host name in lower case and in ASCII letters, as it stands in the header Host."""
    try:
        return host.lower() if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UnsafeSetting(f"ALLOWED_HOSTS and SITE_URL must hold host names, not {host!r}.") from error


def signup_work(environ: Mapping[str, str]) -> int:
    """Return the bits of work of a sign-up, or raise UnsafeSetting for what no browser would finish."""
    bits = whole_number(environ, "SIGNUP_WORK", 14)
    if not 4 <= bits <= MOST_WORK:
        raise UnsafeSetting(f"SIGNUP_WORK must be a number from 4 to {MOST_WORK}, not {bits}.")
    return bits
