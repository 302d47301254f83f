"""Journey: a password is forgotten; a letter comes, its link sets another one, and every former sign-in is over."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.acts import fill_in_sign_in
from tests.journeys.conftest import Meet, Travel
from tests.journeys.town import Town, link_in
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]

NEW = "nine herons on the weir"


def test_from_the_letter_to_a_new_password(town: Town, travel: Travel, neighbour: Meet, way: Way) -> None:
    name = way.one_of("wil", "laozhou")
    elsewhere, owner = neighbour(name), travel(name)
    owner.opens("/login")
    owner.presses("Forgotten your password?")
    owner.types("User name or e-mail address", name)
    owner.presses("Send the letter")
    owner.reads("Look into your mail")

    link = link_in(town.letter(f"{name}@example.org", way.words("A new password for your account")), "/reset/")
    owner.opens(link)
    owner.types("New password", "12345678")
    owner.presses("Change the password")
    owner.is_refused("New password")
    owner.looks()
    owner.types("New password", NEW)
    owner.presses("Change the password")
    owner.reads("Your password is changed. Every other device has been signed out.")
    expect(owner.page.locator("form.sheet-leave")).to_be_attached()

    # What was signed in is not any more, the former password is none, and the link is used up.
    elsewhere.goto("/settings/profile")
    expect(elsewhere).to_have_url(re.compile(r"/login\?"))
    elsewhere.locator("#username").fill(name)
    elsewhere.locator("#password").fill("seven lanterns on the river")
    elsewhere.locator("main form button[type=submit]").first.click()
    expect(elsewhere.get_by_role("alert")).to_be_visible()
    fill_in_sign_in(elsewhere, name, NEW)
    owner.opens(link)
    owner.reads("This link is over")
    town.letter(f"{name}@example.org", way.words("Your password was changed"))
