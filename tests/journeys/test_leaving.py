"""Journey: the archive is asked for and fetched; the account is given up, kept after all, given up for good."""

import io
import json
import os
import signal
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from forum.samples import PASSWORD
from tests.journeys.acts import open_until
from tests.journeys.conftest import Meet, Travel
from tests.journeys.town import Town
from tests.journeys.traveller import Traveller
from tests.journeys.ways import BOTH_WAYS, Way

pytestmark = [pytest.mark.browser, BOTH_WAYS]


def test_archive_grace_and_end(town: Town, travel: Travel, neighbour: Meet, way: Way) -> None:
    name = way.one_of("halvorsen", "aqiang")
    person, elsewhere = travel(name), neighbour(name)
    person.signs_in(name)
    assert name in _archive(town, person, name)
    _gives_up(person)
    person.looks()
    town.letter(f"{name}@example.org", way.words("Your account will be deleted"))
    elsewhere.goto("/settings/profile")
    expect(elsewhere.get_by_label("User name or e-mail address")).to_be_visible()

    # Kept after all, by the button on every page; then given up again, and the days pass.
    person.opens("/rules")
    person.presses("Keep my account")
    person.reads("Your account stays as it is.")
    expect(person.page.get_by_role("button", name=way.words("Keep my account"))).to_have_count(0)
    _gives_up(person)
    post = str(town.rows("SELECT p.id FROM posts p JOIN users u ON u.id = author_id WHERE username = :n", n=name)[0][0])
    town.days_pass_for(name)
    letter = town.letter(f"{name}@example.org", way.words("Your account is deleted"))
    assert letter["List-Unsubscribe"] is None
    person.opens("/settings/profile")
    expect(person.page.locator("#password")).to_be_visible()
    person.signs_in(name)
    person.is_refused("User name or e-mail address")
    open_until(elsewhere, f"/posts/{post}", elsewhere.get_by_role("article").filter(has_text="Deleted account").first)
    assert elsewhere.goto(f"/people/{name}").status == 404  # type: ignore[union-attr]


def _archive(town: Town, person: Traveller, name: str) -> str:
    """Ask for the archive while the worker sleeps, see how far it is, let it go on; return the JSON that comes."""
    person.opens("/settings/data")
    town.worker_sleeps()
    try:
        person.presses("Ask for my archive")
        person.reads("Your archive will be made in a moment.")
        expect(person.page.get_by_role("progressbar")).to_be_visible()
        person.looks()
    finally:
        os.kill(town.site.worker_pid, signal.SIGCONT)
    town.letter(f"{name}@example.org", person.way.words("Your archive is ready"))
    fetch = person.page.locator("main a[href*='/settings/data/']")
    if not person.way.has_scripts:  # else the page looks again by itself
        person.presses("Look again")
    expect(fetch).to_be_visible()
    person.looks()
    with person.page.expect_download() as download:
        person.uses(fetch, leads_on=False)
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        data = archive.read(next(file for file in archive.namelist() if file.endswith("data.json"))).decode()
    json.loads(data)
    return data


def _gives_up(person: Traveller) -> None:
    person.opens("/settings/delete")
    person.ticks(person.page.locator("input[name=choice]").first)
    person.types("Your password", "not my password")
    person.presses("Delete my account in %(days)s days", days=7)
    person.is_refused("Your password")
    expect(person.page.locator("input[name=choice]").first).to_be_checked()
    person.types("Your password", PASSWORD)
    person.presses("Delete my account in %(days)s days", days=7)
    expect(person.page.get_by_role("button", name=person.way.words("Keep my account"))).to_be_visible()
