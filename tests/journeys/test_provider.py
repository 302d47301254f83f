"""By way of a provider in Chromium: joining and coming back, with scripts and without; linking and unlinking."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from forum.guard import Guard
from tests.journeys.acts import WITH_AND_WITHOUT_SCRIPTS, fill_in_sign_in
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


@WITH_AND_WITHOUT_SCRIPTS
def test_joining_and_coming_back(with_acme: Website, acme: Provider, open_page: OpenPage, scripts: bool) -> None:
    page = open_page(base_url=with_acme.url, java_script_enabled=scripts)
    subject = f"zhou-{scripts}"
    acme.knows(subject, email=f"{subject}@elsewhere.example".lower(), email_verified=True)
    page.goto("/login?next=/experts")
    page.get_by_role("button", name="Sign in with Acme").click()
    agree(page, subject)
    page.wait_for_url("**/register/provider")
    expect(page.locator("#email")).to_have_value(f"{subject}@elsewhere.example".lower())
    name = "zhou_with" if scripts else "zhou_without"
    page.get_by_label("User name").fill(name)
    page.get_by_label("Your age").select_option("adult")
    page.get_by_role("button", name="Make the account").click()
    page.wait_for_url(with_acme.url + "/experts", timeout=30_000)
    expect(page.get_by_text(f"Welcome, {name}.")).to_be_visible()

    sign_out(page)
    page.goto("/login?next=/rules")
    page.get_by_role("button", name="Sign in with Acme").click()
    agree(page, subject)
    page.wait_for_url(with_acme.url + "/rules")
    page.goto("/settings/sessions")
    expect(page.get_by_text("Another provider").first).to_be_visible()


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
