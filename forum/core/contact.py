"""How to reach the people who run this forum: the setting CONTACT as a link."""

from __future__ import annotations

from typing import NamedTuple

from flask import current_app


class Contact(NamedTuple):
    """An address as a link: where it leads, and its words."""

    href: str
    words: str


def contact() -> Contact | None:
    """Return the operator's CONTACT (an e-mail address, https:// or a path of this forum), or None when it is unset."""
    address: str = current_app.config["CONTACT"]
    if not address:
        return None
    if address.startswith("/"):
        return Contact(address, current_app.config["SITE_URL"] + address)
    return Contact(address if "://" in address else f"mailto:{address}", address)
