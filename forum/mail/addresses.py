"""Addresses of pages for letters: built from SITE_URL, never from what a request says about its host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def link_to(endpoint: str, **values: Any) -> str:
    """Return the absolute address of a page; like `url_for`, but it works in the worker and trusts no Host header."""
    site = urlsplit(current_app.config["SITE_URL"])
    adapter = current_app.url_map.bind(site.netloc, script_name=site.path or "/", url_scheme=site.scheme)
    return adapter.build(endpoint, values, force_external=True)
