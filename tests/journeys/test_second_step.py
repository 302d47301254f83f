"""Journey: an authenticator app is set up; after the password its code is asked for, or one of the recovery codes."""

import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Travel
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_app_and_recovery_codes(travel: Travel, way: Way) -> None:
    name = way.one_of("priya", "hehua")
    person = travel(name)
    person.signs_in(name)
    person.opens("/settings/security")
    person.presses("Set up an authenticator app")
    app = pyotp.TOTP(person.page.locator(".secret").inner_text().replace(" ", ""))
    person.types("Code", "12345")
    person.presses("Use this app")
    person.is_refused("Code")
    used = app.now()
    person.types("Code", used)
    person.presses("Use this app")
    person.reads("They are shown only now.")
    person.looks()
    codes = person.page.locator(".recovery-codes code").all_inner_texts()
    assert _kept_as_a_file(person) == codes
    person.presses("I have kept them")
    person.reads("In use: after your password you are asked for a code.")

    # The code that was used once is none any more; the next one is.
    person.signs_out()
    person.signs_in(name)
    expect(person.page.locator("form.sheet-leave")).to_have_count(0)
    person.types("Code", used)
    person.presses("Go on")
    person.is_refused("Code")
    person.looks()
    person.types("Code", app.at(time.time(), counter_offset=1))
    person.presses("Go on")
    expect(person.page.locator("form.sheet-leave")).to_be_attached()

    # Without the phone: a code from the sheet of paper.
    person.signs_out()
    person.signs_in(name)
    person.types("Code", codes[3])
    person.presses("Go on")
    expect(person.page.locator("form.sheet-leave")).to_be_attached()
    person.opens("/settings/security")
    expect(person.page.get_by_role("region", name=way.words("Authenticator app"))).to_contain_text("9")


def _kept_as_a_file(person: Traveller) -> list[str]:
    with person.page.expect_download() as download:
        person.presses("Keep them as a file", leads_on=False)
    return Path(download.value.path()).read_text("utf-8").split()
