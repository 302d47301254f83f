"""Journeys: joining by a letter's link, by an invitation, and with a moderator's yes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from forum.accounts.registration import Mode
from tests.journeys.acts import said, unmistakable
from tests.journeys.conftest import Meet, Travel
from tests.journeys.town import Town, link_in
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, BY_KEYBOARD, ON_A_PHONE, Way

pytestmark = pytest.mark.browser

SECRET = "nine herons on the weir"
QUICK = "That was very quick. Please look at it once more and send it again."

MAY_WRITE = "Welcome, %(name)s. Your first posts are shown once a moderator has seen them."
WAITS = (
    "Welcome, %(name)s. A moderator looks at your account first. You can write already: "
    "it is shown to others once your account is approved."
)


@pytest.fixture
def mode(request: pytest.FixtureRequest, town: Town) -> Iterator[Mode]:
    """The mode of registration that the test names, until it is over."""
    put = "INSERT INTO site_settings (name, value, changed_at) VALUES ('registration', :mode, datetime())"
    town.rows(put, mode=f'"{request.param}"')
    yield request.param
    town.rows("DELETE FROM site_settings WHERE name = 'registration'")


@BOTH_WAYS
def test_by_a_letter(town: Town, travel: Travel, neighbour: Meet, way: Way) -> None:
    name = unmistakable()
    newcomer = travel(name)
    newcomer.opens("/register")
    _fills_in(newcomer, name)
    newcomer.looks()
    _sends(newcomer)
    expect(said(newcomer.page)).to_contain_text(f"{name}@example.org")
    newcomer.reads("Send the link again")
    newcomer.looks()

    newcomer.opens(link_in(town.letter(f"{name}@example.org", way.words("Confirm your e-mail address")), "/confirm/"))
    newcomer.presses("Yes, it is my address")
    expect(newcomer.page.get_by_text(way.words("Send the link again"))).to_have_count(0)
    if way.has_scripts:
        newcomer.reads("Your address is confirmed. You can write now.")
    else:  # a moderator looks, since the page could not do its piece of work
        newcomer.reads("Your address is confirmed. A moderator looks at your account before others see what you write.")
        _approve(neighbour("bob"), name)
        town.letter(f"{name}@example.org", way.words("Your account is approved"))


@pytest.mark.parametrize("way", [BY_KEYBOARD], ids=["en-keyboard"])
@pytest.mark.parametrize("mode", [Mode.INVITATION], indirect=True)
@pytest.mark.usefixtures("mode")
def test_by_an_invitation(travel: Travel, neighbour: Meet) -> None:
    name = unmistakable()
    newcomer, host = travel(name), neighbour("bob")
    newcomer.opens("/register")
    newcomer.types("Invitation code", "no-such-code")
    _fills_in(newcomer, name)
    newcomer.presses("Make the account")
    newcomer.is_refused("Invitation code")

    host.goto("/invitations")
    host.get_by_label("For whom").fill(f"for {name}")
    host.get_by_role("button", name="Make an invitation").click()
    newcomer.opens(host.locator("#made-link").input_value())
    expect(newcomer.field("Invitation code")).not_to_be_empty()
    newcomer.looks()
    _fills_in(newcomer, name)
    _sends(newcomer)
    newcomer.reads(MAY_WRITE, name=name)
    host.goto("/invitations")
    expect(host.get_by_role("listitem").filter(has_text=f"for {name}").get_by_role("link", name=name)).to_be_visible()


@pytest.mark.parametrize("way", [ON_A_PHONE], ids=["zh-phone-no-scripts"])
@pytest.mark.parametrize("mode", [Mode.APPROVAL], indirect=True)
@pytest.mark.usefixtures("mode")
def test_with_a_moderators_yes(town: Town, travel: Travel, neighbour: Meet, way: Way) -> None:
    name = unmistakable()
    newcomer = travel(name)
    newcomer.opens("/register")
    _fills_in(newcomer, name)
    newcomer.types("Why do you want to join?", f"I keep {name} bees.")
    _sends(newcomer)
    newcomer.reads(WAITS, name=name)
    newcomer.opens(f"/people/{name}")
    newcomer.looks()

    bob = neighbour("bob")
    bob.goto("/admin/waiting")
    expect(_waiting(bob, name)).to_contain_text(f"I keep {name} bees.")
    _approve(bob, name)
    newcomer.opens(link_in(town.letter(f"{name}@example.org", way.words("Your account is approved")), "/login"))
    newcomer.opens("/settings/avatar")
    newcomer.reads("Use this picture")


def _fills_in(newcomer: Traveller, name: str) -> None:
    newcomer.types("User name", name)
    newcomer.types("E-mail address", f"{name}@example.org")
    newcomer.types("Password", SECRET)
    newcomer.selects("Your age", "18 or older")


def _sends(newcomer: Traveller) -> None:
    """Send the form; without scripts nobody waits for the hasty, who are asked to send it again."""
    newcomer.types("Password", SECRET)
    newcomer.presses("Make the account")
    while newcomer.page.get_by_text(newcomer.way.words(QUICK)).count():
        newcomer.types("Password", SECRET)
        newcomer.presses("Make the account")


def _waiting(moderator: Page, name: str) -> Locator:
    return moderator.get_by_role("listitem").filter(has_text=f"@{name}")


def _approve(moderator: Page, name: str) -> None:
    moderator.goto("/admin/waiting")
    _waiting(moderator, name).get_by_role("button", name="Approve").click()
    expect(said(moderator)).to_contain_text("The account is approved, and the person is told.")
