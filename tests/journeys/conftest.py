"""Fixtures: somebody in front of a browser, with or without scripts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from forum.guard import Guard
from forum.samples import PASSWORD
from tests.journeys import hostile
from tests.journeys.acts import sign_in
from tests.journeys.town import Town
from tests.journeys.traveller import Traveller
from tests.journeys.ways import Way
from tests.plugins.browser import OpenPage
from tests.servers.robot import Robot
from tests.servers.smtp import MailServer
from tests.servers.website import Website, start_forum, without_limits

Meet = Callable[..., Page]
Travel = Callable[..., Traveller]


@pytest.fixture
def scripts() -> bool:
    """Whether JavaScript is on. `WITH_AND_WITHOUT_SCRIPTS` in acts runs a journey in both ways."""
    return True


@pytest.fixture
def meet(open_page: OpenPage, website: Website, scripts: bool) -> Meet:
    """`meet("alice")`: her browser, signed in, its pages in English; `meet()`: somebody without an account.

    `language="zh_Hans"` gives Chinese pages; other options are those of `open_page`.
    """

    def meet(name: str = "", language: str = "en", **options: Any) -> Page:
        page = open_page(java_script_enabled=scripts, **options)
        home = str(options.get("base_url", website.url))
        page.context.add_cookies([{"name": "language", "value": language, "url": home}])
        if name:
            sign_in(page, name)
        return page

    return meet


@pytest.fixture(scope="session")
def hostile_words(website: Website, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The threads and the credential of tests/journeys/hostile.py, in the shared forum."""
    file = tmp_path_factory.mktemp("hostile") / "hostile.jsonl"
    file.write_text(hostile.lines(), "utf-8")
    website.flask("archive", "import", str(file))
    wide = ("--title", hostile.LONG_WORD[:100], "--organization", hostile.LONG_WORD)
    website.flask("people", "credential", "m" * 30, "--subtheme", hostile.SLUG, *wide)


@pytest.fixture(scope="session")
def carol(website: Website) -> str:
    """Her name: an admin of the shared forum, with the password of all its people."""
    website.flask(
        *("people", "create", "carol", "--email", "carol@example.org", "--role", "admin", "--password-stdin"),
        stdin=PASSWORD,
    )
    return "carol"


@pytest.fixture(scope="package")
def town(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A forum with the sample people that sends letters; each journey has people of its own there.

    alice and xuyan have no trust yet and have read five threads, which is written down some seconds later, while other
    journeys are gone.
    """
    post_office = MailServer()
    settings = {**without_limits(), "SMTP_URL": post_office.url, "MAIL_FROM": "forum@forum.example"}
    site = start_forum(guard, tmp_path_factory.mktemp("town"), settings, samples=True)
    town = Town(site, post_office)
    new = "('alice', 'xuyan')"
    for table in ("reading_days", "thread_reads"):
        town.rows(f"DELETE FROM {table} WHERE user_id IN (SELECT id FROM users WHERE username IN {new})")
    town.rows(f"UPDATE users SET trust_level = 0 WHERE username IN {new}")
    for name in ("alice", "xuyan"):
        reader = Robot(site.url)
        reader.sign_in(name, PASSWORD)
        for number in range(1, 6):
            reader.get(str(reader.ask(f"/threads/{number}")[1]["Location"]))
    yield town
    site.stop()
    post_office.stop()


@pytest.fixture
def travel(open_page: OpenPage, town: Town, way: Way, axe: Callable[[Page], list[str]]) -> Travel:
    """`travel("alice")`: somebody in the town who goes the test's `way`; the names may stand on any of their pages.

    `way=...` is another one for this person.
    """

    def travel(*names: str, way: Way = way) -> Traveller:
        page = open_page(base_url=town.url, **way.options)
        page.context.add_cookies([{"name": "language", "value": way.language, "url": town.url}])
        return Traveller(page, way, axe, names)

    return travel


@pytest.fixture
def neighbour(open_page: OpenPage, town: Town) -> Meet:
    """`neighbour("bob")`: somebody else of the town, signed in, in an English browser on a desk."""

    def neighbour(name: str = "", password: str = PASSWORD) -> Page:
        page = open_page(base_url=town.url)
        page.context.add_cookies([{"name": "language", "value": "en", "url": town.url}])
        if name:
            sign_in(page, name, password)
        return page

    return neighbour
