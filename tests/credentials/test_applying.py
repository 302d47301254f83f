"""Applying for a credential: who may, what is asked, and one open application for a sub-theme."""

from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.credentials import actions
from forum.credentials.models import Application
from forum.experts import actions as experts
from forum.subthemes import actions as subthemes
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from tests.credentials.conftest import Apply
from tests.plugins.application import Client

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
FIELDS = {
    "title": "Judge", "organization": "Northern Court", "sector": "government", "interests": "",
    "languages": ["en", "zh"], "evidence": "I stand in the list.\n\nTwice.",
    "links": "court.example/judges\n\nhttps://court.example/judges\nhttps://court.example/me",
}  # fmt: skip


def test_alice_applies_and_reads_it_on_her_page(as_: Any, alice: User, subtheme: SubTheme) -> None:
    browser = as_(alice)
    assert "None yet" in browser.get("/settings/credentials").text
    sent = browser.send("/experts/apply", subtheme=subtheme.id, **FIELDS, state="granted", user_id=99, decided_by_id=1)
    assert (sent.status_code, sent.location) == (303, "/settings/credentials")
    row = db.session.scalars(select(Application)).one()
    assert (row.user_id, row.state, row.languages, row.interests) == (alice.id, "open", "en zh", "")
    assert row.links == ["https://court.example/judges", "https://court.example/me"]
    page = browser.get("/settings/credentials").text
    assert "Waits for a moderator" in page and "Take it back" in page
    again = browser.send("/experts/apply", subtheme=subtheme.id, **FIELDS)
    assert again.status_code == 409 and "waits already" in again.text and "Twice." in again.text


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"organization": "x" * 201}, {"sector": ""}, {"sector": "wizards"}, {"interests": "x" * 1001},
     {"languages": []}, {"languages": ["fr"]}, {"evidence": ""}, {"evidence": "x" * 4001}, {"subtheme": 99},
     {"subtheme": 0}, {"links": "javascript:alert(1)"}, {"links": "\n".join(f"a{n}.example" for n in range(6))},
     {"title": "Judge ✓"}, {"organization": "Court ☑️"}],
    ids=str,
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_kept(
    as_: Any, alice: User, subtheme: SubTheme, wrong: dict[str, Any]
) -> None:
    refused = as_(alice).send("/experts/apply", **{"subtheme": subtheme.id, **FIELDS, **wrong})
    assert refused.status_code == 422
    if "evidence" not in wrong:
        assert "I stand in the list." in refused.text
    assert db.session.scalars(select(Application)).all() == []


def test_a_link_that_is_only_too_long_is_not_called_none(as_: Any, alice: User, subtheme: SubTheme) -> None:
    for begins, said, unsaid in (
        ("court.example/", "is too long: 200 characters at most", "is no address of a page"),
        ("javascript:", "is no address of a page", "is too long"),
    ):
        links = begins + "x" * 200
        refused = as_(alice).send("/experts/apply", **{"subtheme": subtheme.id, **FIELDS, "links": links})
        assert refused.status_code == 422 and said in refused.text and unsaid not in refused.text


def test_who_may_not_write_may_not_apply(
    as_: Any, client: Client, sam: User, person: Any, alice: User, apply: Apply
) -> None:
    assert client.get("/experts/apply").location == "/login?next=/experts/apply"
    for who in (sam, person("wen", standing="waiting"), person("una", standing="unconfirmed", email_key=None)):
        with pytest.raises(Forbidden):
            apply(who)
    waiting = as_(person("will", standing="waiting"))
    assert waiting.get("/experts/apply").status_code == 403
    assert "approved your account" in waiting.get("/settings/credentials").text


def test_an_archived_sub_theme_takes_none(alice: User, carol: User, subtheme: SubTheme, apply: Apply) -> None:
    subthemes.archive(subtheme, by=carol)
    with pytest.raises(Refused, match="archived"):
        apply(alice, db.session.get(SubTheme, subtheme.id))


def test_one_for_a_sub_theme_at_a_time(alice: User, carol: User, subtheme: SubTheme, apply: Apply) -> None:
    law = by_slug("law-online")
    first = apply(alice)
    with pytest.raises(Conflict):
        apply(alice, title="Another")
    apply(alice, law)
    assert actions.withdraw(first.id, by=alice)
    second = apply(alice)
    actions.decline(second.id, "evidence", "The list has nobody of that name.", by=carol)
    apply(alice)
    experts.grant(alice, law, "Lecturer", "Hill College", None, by=carol)
    assert db.session.scalars(select(Application.state).order_by(Application.id)).all() == [
        "withdrawn", "open", "declined", "open",
    ]  # fmt: skip


def test_what_one_holds_is_not_applied_for(alice: User, carol: User, subtheme: SubTheme, apply: Apply) -> None:
    experts.grant(alice, subtheme, "Judge", "Northern Court", None, by=carol)
    with pytest.raises(Conflict):
        apply(alice)
    apply(alice, title="Presiding judge")


def test_it_is_taken_back_with_its_evidence_by_its_sender_alone(
    as_: Any, alice: User, mallory: User, apply: Apply
) -> None:
    row = apply(alice)
    with pytest.raises(NotFound):
        actions.withdraw(row.id, by=mallory)
    url = f"/settings/credentials/applications/{row.id}/withdraw"
    assert as_(mallory).send(url).status_code == 404
    assert as_(alice).send(url).status_code == 303
    db.session.refresh(row)
    assert (row.state, row.evidence, row.links) == ("withdrawn", "", [])
    assert not actions.withdraw(row.id, by=alice)
    assert "Take it back" not in as_(alice).get("/settings/credentials").text


def test_who_is_under_eighteen_does_not_apply(as_: Any, person: Any, subtheme: SubTheme, apply: Apply) -> None:
    young = person("yan", age_band="young")
    with pytest.raises(Forbidden, match="from the age of 18"):
        apply(young)
    page = as_(young).get("/settings/credentials").text
    assert "from the age of 18" in page and "/experts/apply" not in page.partition("<main")[2].partition("</main")[0]
    assert as_(young).get("/experts/apply").status_code == 403
