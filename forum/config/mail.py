"""Settings about mail: the server, the sender, where letters come back to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from urllib.parse import parse_qs, unquote, urlsplit

from forum.config.reading import LOOPBACK, UnsafeSetting


@dataclass(frozen=True)
class MailServer:
    """The mail server that SMTP_URL describes; `security` is "tls" (smtps), "starttls" or "none"."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: str


def mail_server(url: str, *, production: bool) -> MailServer | None:
    """Return the mail server that SMTP_URL describes, or None where there is none; UnsafeSetting never quotes it."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
        options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        wish = options.pop("starttls", ["yes"])[-1]
        understood = parts.scheme in ("smtp", "smtps") and parts.hostname and not parts.path.strip("/")
    except ValueError:
        understood = False
    if not understood or options or wish not in ("yes", "no"):
        raise UnsafeSetting(
            "SMTP_URL must look like smtp://user:password@mail.example:587 or smtps://user:password@mail.example, "
            "with signs such as @ : / in the password written as %40 %3A %2F, and nothing behind it but ?starttls=no."
        )
    security = "tls" if parts.scheme == "smtps" else "starttls" if wish == "yes" else "none"
    host = str(parts.hostname)
    if production and parts.password and security == "none" and host not in LOOPBACK:
        raise UnsafeSetting("SMTP_URL sends its password in the clear: leave out ?starttls=no, or use smtps://.")
    return MailServer(host, port, unquote(parts.username or ""), unquote(parts.password or ""), security)


def mail_from(address: str, site_url: str) -> str:
    """Return the sender's address: MAIL_FROM, or one of the site's host; UnsafeSetting for what is no address."""
    host = urlsplit(site_url).hostname or "localhost"
    address = address.strip() or f"forum@{'localhost' if ':' in host else host}"
    if not _is_plain_address(address):
        raise UnsafeSetting(f"MAIL_FROM must be a plain address such as forum@example.org, not {address!r}.")
    return address


def mail_bounces(address: str) -> str:
    """Return the setting MAIL_BOUNCES, "" for none; UnsafeSetting for what can take no mark behind its name."""
    address = address.strip()
    local = address.partition("@")[0]
    if address and (not _is_plain_address(address) or not re.fullmatch(r"[A-Za-z0-9._-]{1,20}", local)):
        raise UnsafeSetting(
            "MAIL_BOUNCES must be a plain address such as bounces@example.org, with at most 20 letters, digits, dots, "
            f"_ or - before the @, not {address!r}."
        )
    return address


def _is_plain_address(address: str) -> bool:
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError):  # whatever the library's parser stumbles over
        return False
    return bool(parsed.username and parsed.domain) and address.isascii()
