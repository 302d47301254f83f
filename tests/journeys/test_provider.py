"""By way of a provider in Chromium: joining and coming back, in both ways; linking and unlinking."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forum.guard import Guard
from tests.journeys.acts import fill_in_sign_in, said
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, Way
from tests.people import PASSWORD
from tests.plugins.browser import OpenPage
from tests.servers.oidc import Provider, running_provider
from tests.servers.website import Website, start_forum, without_limits

# As in tests/entry/test_providers.py: the provider runs in a thread of this process.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture(scope="module")
def acme() -> Iterator[Provider]:
    with running_provider() as started:
        yield started


@pytest.fixture(scope="module")
def with_acme(acme: Provider, guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A forum whose people may sign in with Acme, and the account alice."""
    settings = {**without_limits(), **acme.settings()}
    site = start_forum(guard, tmp_path_factory.mktemp("with-acme"), settings, worker=False)
    site.flask("people", "create", "alice", "--email", "alice@example.org", "--password-stdin", stdin=PASSWORD)
    yield site
    site.stop()


@pytest.fixture(autouse=True)
def _only_acme(open_page: OpenPage, faults: list[str], acme: Provider) -> Iterator[None]:
    """The provider is the one other host that a page may lead to."""
    yield
    faults[:] = [fault for fault in faults if not fault.startswith(f"a request to another host: {acme.issuer}/")]


def agree(page: Page, subject: str) -> None:
    """Be the person at the provider."""
    page.wait_for_url("**/oauth2/authorize?**")
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def sign_out(page: Page) -> None:
    page.context.clear_cookies(name="signin")


@BOTH_WAYS
def test_joining_and_coming_back(with_acme: Website, acme: Provider, open_page: OpenPage, axe: Any, way: Way) -> None:
    page = open_page(base_url=with_acme.url, **way.options)
    page.context.add_cookies([{"name": "language", "value": way.language, "url": with_acme.url}])
    person = Traveller(page, way, axe)
    subject, name = way.one_of("zhou-there", "zhou-elsewhere"), way.one_of("zhou_by_keyboard", "zhou_by_phone")
    acme.knows(subject, email=f"{subject}@elsewhere.example", email_verified=True)
    person.opens("/login?next=/experts")
    person.presses("Sign in with %(provider)s", provider="Acme")
    agree(page, subject)
    page.wait_for_url("**/register/provider")
    expect(page.locator("#email")).to_have_value(f"{subject}@elsewhere.example")
    person.types("User name", name)
    person.selects("Your age", "18 or older")
    person.presses("Make the account")
    page.wait_for_url(with_acme.url + "/experts", timeout=30_000)
    expect(said(page)).to_contain_text(name)

    sign_out(page)
    person.opens("/login?next=/rules")
    person.presses("Sign in with %(provider)s", provider="Acme")
    agree(page, subject)
    page.wait_for_url(with_acme.url + "/rules")
    person.opens("/settings/sessions")
    person.reads("Another provider")


def test_linking_and_unlinking(with_acme: Website, acme: Provider, open_page: OpenPage) -> None:
    page = open_page(base_url=with_acme.url)
    acme.knows("alice-there", email="alice@elsewhere.example", email_verified=True)
    page.goto("/login")
    fill_in_sign_in(page, "alice", PASSWORD)
    page.goto("/settings/security")
    page.get_by_role("button", name="Link Acme").click()
    agree(page, "alice-there")
    page.wait_for_url("**/settings/security")
    expect(page.get_by_text("alice@elsewhere.example")).to_be_visible()

    page.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("Acme does not sign you in any more.")).to_be_visible()

    page.get_by_role("button", name="Link Acme").click()
    page.wait_for_url("**/oauth2/authorize?**")
    page.go_back()
    page.goto("/settings/security")
    expect(page.get_by_role("button", name="Unlink")).to_have_count(0)
