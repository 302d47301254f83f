"""Fields in which secrets are typed help password managers and let people paste: A-3."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.accounts import links
from forum.accounts.models import User
from forum.accounts.passwords import LONGEST
from forum.core.database import transaction
from forum.entry import resets
from tests.people import PASSWORD
from tests.plugins.application import Client

SCRIPTS = Path(__file__).resolve().parents[2] / "static/js"
INPUT = re.compile(r"<input\b[^>]*>")
# field → what it says to a password manager, by the page
PAGES = {
    "/register": {"username": "username", "email": "email", "password": "new-password"},
    "/login": {"username": "username", "password": "current-password"},
    "/forgot": {"username": "username"},
    "/settings/password": {"username": "username", "current_password": "current-password",
                           "new_password": "new-password"},
    "/settings/email": {"username": "username", "email": "email", "current_password": "current-password"},
    "/settings/delete": {"password": "current-password"},
    "/prove": {"account": "username", "proof_password": "current-password", "proof_code": "one-time-code"},
    "/login/second": {"code": "one-time-code"},
    "reset": {"username": "username", "new_password": "new-password"},
}  # fmt: skip


def fields(page: str) -> dict[str, dict[str, str]]:
    """The inputs of a page by name, with their attributes."""
    found = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in INPUT.findall(page)]
    return {each["name"]: each for each in found if "name" in each}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_password_managers_know_what_goes_where(app: Flask, as_: Any, alice: User, authenticator_app: Any) -> None:
    authenticator_app(alice)
    home, away = as_(alice), app.test_client()
    assert isinstance(away, Client)
    away.send("/login", username="alice", password=PASSWORD)  # half signed in
    with transaction():
        link = links.make(alice, resets.PURPOSE, str(alice.email), resets.LIFETIME)
    for path, expected in PAGES.items():
        url = f"/reset/{links.token_of(link)}" if path == "reset" else path
        page = fields((home if path.startswith(("/settings", "/prove")) else away).get(url).text)
        said = {name: page[name].get("autocomplete", "").removesuffix(" webauthn") for name in expected}
        assert said == expected, path
        for field in page.values():
            if field.get("type") == "password":
                assert int(field.get("maxlength", LONGEST)) >= LONGEST, "none is cut"
                assert not {"pattern", "onpaste", "readonly"} & set(field), "no rule of composition, and paste works"


def test_no_script_minds_what_is_pasted() -> None:
    scripts = [*SCRIPTS.rglob("*.js")]
    assert scripts and not [each.name for each in scripts if "paste" in each.read_text("utf-8")]
