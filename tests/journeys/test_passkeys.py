"""A passkey in Chromium, with its own virtual authenticator: added, used to sign in and as a proof, taken away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from forum.guard import Guard
from tests.journeys.acts import fill_in_sign_in
from tests.journeys.ways import ON_A_PHONE as CHINESE
from tests.people import PASSWORD
from tests.plugins.browser import OpenPage
from tests.servers.website import Website, start_forum, without_limits

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def by_name(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A forum at http://localhost with the account alice."""
    site = start_forum(guard, tmp_path_factory.mktemp("by-name"), without_limits(), worker=False, by_name=True)
    site.flask("people", "create", "alice", "--email", "alice@example.org", "--password-stdin", stdin=PASSWORD)
    yield site
    site.stop()


@pytest.fixture
def page(by_name: Website, open_page: OpenPage) -> Page:
    """A page of that forum."""
    return open_page(base_url=by_name.url)


@pytest.fixture
def authenticator(page: Page) -> tuple[CDPSession, str]:
    """The browser's devtools, and the number of an authenticator that always finds its person."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    added = tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return tools, added["authenticatorId"]


def sign_out(page: Page) -> None:
    page.locator("[data-sheet] > summary").click()
    page.get_by_role("button", name="Sign out").click()


def test_a_passkey_from_adding_to_taking_away(
    by_name: Website, page: Page, authenticator: tuple[CDPSession, str]
) -> None:
    tools, number = authenticator
    page.goto("/login")
    fill_in_sign_in(page, "alice", PASSWORD)
    page.wait_for_url("**/")
    page.goto("/settings/security")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is kept.")).to_be_visible()
    expect(page.get_by_label("Name").first).to_have_value("My laptop")
    assert len(tools.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]) == 1

    sign_out(page)
    presence = {"authenticatorId": number, "enabled": False}
    tools.send("WebAuthn.setAutomaticPresenceSimulation", presence)
    page.goto("/login?next=/experts")
    button = page.get_by_role("button", name="Sign in with a passkey")
    button.focus()
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**presence, "enabled": True})
    page.keyboard.press("Enter")
    page.wait_for_url(by_name.url + "/experts")
    page.goto("/settings/sessions")
    expect(page.get_by_text("two factors")).to_be_visible()

    page.goto("/prove?next=/settings/security")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(by_name.url + "/settings/security")
    page.get_by_role("button", name="Take away").click()
    expect(page.get_by_text("The passkey is taken away.")).to_be_visible()


def test_who_shows_none_is_told_and_goes_on_by_password(
    by_name: Website, page: Page, authenticator: tuple[CDPSession, str]
) -> None:
    tools, number = authenticator
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    page.context.add_cookies([{"name": "language", "value": CHINESE.language, "url": by_name.url}])
    page.goto("/login")
    page.get_by_role("button", name=CHINESE.words("Sign in with a passkey")).click()
    expect(page.get_by_text(CHINESE.words("No passkey was shown. Try again, or go on in another way."))).to_be_visible()
    fill_in_sign_in(page, "alice", PASSWORD)
    page.wait_for_url("**/")


def test_without_scripts_nothing_is_offered_that_does_not_work(by_name: Website, open_page: OpenPage) -> None:
    page = open_page("zh-CN", base_url=by_name.url, **CHINESE.options)
    page.goto("/login")
    words = CHINESE.words
    expect(page.get_by_role("button", name=words("Sign in with a passkey"))).to_be_hidden()
    fill_in_sign_in(page, "alice", PASSWORD)
    page.goto("/settings/security")
    expect(page.get_by_role("button", name=words("Add a passkey"))).to_be_hidden()
    expect(page.get_by_text(words("This browser offers no passkeys, or JavaScript is off."))).to_be_visible()
    page.get_by_role("button", name=words("Set up an authenticator app")).click()
    expect(page.get_by_role("img", name=words("QR code of the secret"))).to_be_visible()
