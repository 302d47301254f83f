"""Addresses: of people, as they are compared; of pages, built from SITE_URL, never from what a request says."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from forum.core.text import cleaned

KEY_LIMIT = 320  # what the columns hold


def address_key(address: str) -> str:
    """Return the address as it is compared: two spellings that differ in case or width are one."""
    return unicodedata.normalize("NFKC", "".join(cleaned(address).split())).casefold()[:KEY_LIMIT]


def link_to(endpoint: str, **values: Any) -> str:
    """Return the absolute address of a page; like `url_for`, but it works in the worker and trusts no Host header."""
    site = urlsplit(current_app.config["SITE_URL"])
    adapter = current_app.url_map.bind(site.netloc, script_name=site.path or "/", url_scheme=site.scheme)
    return adapter.build(endpoint, values, force_external=True)
