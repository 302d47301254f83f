"""C-3: what stands in the headers of every answer, checked wherever a test walks through all routes."""

from __future__ import annotations

import re
from typing import Any

NONE = ("base-uri", "object-src", "frame-ancestors")
OWN = ("default-src", "script-src", "style-src", "form-action")


def missing(answer: Any, *, https: bool = False, private: bool = False) -> list[str]:
    """Return what is wrong with the headers of an answer; `private`: it is for one person alone."""
    headers = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers.get("Content-Security-Policy", "").split(";"))
    wrong = [f"{name} is {policy.get(name)}" for name in NONE if policy.get(name) != "'none'"]
    wrong += [f"{name} is {policy.get(name)}" for name in OWN if policy.get(name) != "'self'"]
    wrong += [f"unsafe: {value}" for value in policy.values() if re.search(r"unsafe|\*|https?:", value)]
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }.items():
        if headers.getlist(name) != [value]:
            wrong.append(f"{name} is {headers.getlist(name)}")
    # a page whose address holds a secret tells it to nobody
    if headers.getlist("Referrer-Policy") not in (["same-origin"], ["no-referrer"]):
        wrong.append(f"Referrer-Policy is {headers.getlist('Referrer-Policy')}")
    if ("Strict-Transport-Security" in headers) != https:
        wrong.append("HSTS")
    if "Access-Control-Allow-Origin" in headers:
        wrong.append("CORS")
    if re.search(r"werkzeug|python|flask|granian", headers.get("Server", ""), re.I):
        wrong.append("Server names the software")
    if private and "no-store" not in headers.get("Cache-Control", ""):
        wrong.append(f"Cache-Control is {headers.get('Cache-Control')}")
    return wrong


# What everybody gets alike, and shared caches may keep
SAME_FOR_EVERYBODY = ("/live", "/sitemap", "/static", "/robots.txt", "/favicon.ico", "/logout")
