"""Journey: a picture, words about oneself and who reads them, another address of which both are told."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from forum.samples import PASSWORD
from tests.journeys.acts import said
from tests.journeys.conftest import Meet, Travel
from tests.journeys.town import Town, link_in, words_of
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_picture_profile_and_address(town: Town, travel: Travel, neighbour: Meet, way: Way, tmp_path: Path) -> None:
    name = way.one_of("alice", "xuyan")
    person, reader = travel(name), neighbour()
    person.signs_in(name)
    _shows_a_picture(person, tmp_path)
    _tells_of_themselves(person)
    reader.goto(f"/people/{name}")
    expect(reader.locator(".person-head img")).to_be_visible()
    expect(reader.get_by_text("Herons and ledgers")).to_be_visible()
    expect(reader.get_by_text("a house by the weir")).to_have_count(0)
    _moves(town, person, name, f"{name}@elsewhere.example")


def _shows_a_picture(person: Traveller, folder: Path) -> None:
    text, picture = folder / "text.png", folder / "picture.png"
    text.write_text("no picture at all", "utf-8")
    Image.new("RGB", (300, 200), "teal").save(picture)
    person.opens("/settings/avatar")
    person.uploads("Picture", text)
    person.presses("Use this picture")
    person.is_refused("Picture")
    person.uploads("Picture", picture)
    person.presses("Use this picture")
    person.reads("This is you now.")
    expect(person.page.locator(".portraits img")).to_have_count(3)
    person.looks()


def _tells_of_themselves(person: Traveller) -> None:
    person.goes_to("Profile")
    person.types("About you", "Herons and ledgers")
    person.types("Place", "a house by the weir")
    person.types("Link", "my website")
    person.ticks(person.page.locator("#private_place"))
    person.presses("Save")
    person.is_refused("Link")
    expect(person.field("About you")).to_have_value("Herons and ledgers")
    expect(person.page.locator("#private_place")).to_be_checked()
    person.types("Link", "https://example.org/herons")
    person.presses("Save")
    person.reads("Saved.")
    person.presses("See your page as others see it")
    expect(person.page.get_by_text("a house by the weir")).to_be_visible()
    person.reads("only you and administrators")
    person.looks()


def _moves(town: Town, person: Traveller, name: str, address: str) -> None:
    words = person.way.words
    former = str(town.rows("SELECT email FROM users WHERE username = :name", name=name)[0][0])
    person.opens("/settings/email")
    person.types("New e-mail address", address)
    person.types("Current password", "not my password")
    person.presses("Send the link")
    person.is_refused("Current password")
    expect(person.field("New e-mail address")).to_have_value(address)
    person.types("Current password", PASSWORD)
    person.presses("Send the link")
    expect(said(person.page)).to_contain_text(address)
    person.looks()
    assert address in words_of(town.letter(former, words("Your e-mail address is about to change")))
    person.opens(link_in(town.letter(address, words("Confirm your new e-mail address")), "/settings/email/"))
    person.looks()
    person.presses("Yes, change it")
    expect(said(person.page)).to_contain_text(words("Your e-mail address is now %(address)s.", address=address))
    for told in (former, address):
        town.letter(told, words("Your e-mail address has changed"))
