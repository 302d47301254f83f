"""The menu of the settings: in groups with titles, on every page of them, and it says where one is."""

import re
from typing import Any

import pytest

from forum.accounts.models import User

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database

PAGES = {
    "profile": "Profile", "avatar": "Picture", "trust": "Trust", "name": "User name", "email": "E-mail address",
    "password": "Password", "security": "Security", "sessions": "Devices", "mail": "Mail",
    "age": "Age and quiet hours", "ties": "Muted and blocked", "data": "My data", "delete": "My data",
    "decisions": "Decisions",
}  # fmt: skip


def test_every_page_has_the_menu_and_is_marked_in_it(app: Any, alice: User, as_: Any) -> None:
    hers = as_(alice)
    pages = {f"/settings/{name}": entry for name, entry in PAGES.items()}
    pages |= {"/flags": "My flags", "/flags/messages": "My flags", "/settings/credentials": "Credentials"}
    entries = set(PAGES.values()) | {"My flags", "Credentials"}
    for address, entry in pages.items():
        page = hers.get(address).text
        (menu,) = re.findall(r'<nav class="settings-nav".*?</nav>', page, re.DOTALL)
        marked = re.findall(r'<a href="[^"]+" aria-current="(?:page|true)">([^<]+)</a>', menu)
        assert marked == [entry] * 2, f"{address}: once folded up for the phone, once beside the page"
        assert set(re.findall(r"<a [^>]+>([^<]+)</a>", menu)) == entries
        titles = dict(re.findall(r'<p id="(settings-[^"]+)">([^<]+)</p>', menu))
        assert list(titles.values()) == ["About me", "Account", "Notices", "Privacy", "Moderation"] * 2
        assert set(re.findall(r'<ul aria-labelledby="([^"]+)">', menu)) == set(titles)
