"""A credential nears its end: the holder is told twice, asks for a renewal, and a moderator says yes or no."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db, now
from forum.core.errors import Conflict, NotFound
from forum.credentials import actions, reminders
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.mail.composing import message_of
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.subthemes.models import SubTheme
from tests.credentials.conftest import log

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def credential(alice: User, bob: User, subtheme: SubTheme) -> Credential:
    """Alice's, for a hundred days."""
    return experts.grant(alice, subtheme, "Judge", "Northern Court", now().date() + timedelta(days=100), by=bob)


def told(user: User) -> list[str]:
    rows = select(Notification.key).where(Notification.user_id == user.id, Notification.kind == "credential_ends")
    return [key.rpartition(":")[2] for key in db.session.scalars(rows.order_by(Notification.id))]


def test_the_holder_is_reminded_a_month_and_a_week_before_once_each(
    alice: User, credential: Credential, clock: Any
) -> None:
    for days, expected in (
        (69, []),
        (1, ["30"]),
        (1, ["30"]),
        (21, ["30"]),
        (1, ["30", "7"]),
        (7, ["30", "7"]),
        (1, ["30", "7"]),
    ):
        clock.move(days=days)
        for _ in range(2):
            reminders.remind_of_ends()
        assert told(alice) == expected, days
    assert credential.status == "ended"


def test_a_worker_that_was_away_tells_once(alice: User, credential: Credential, clock: Any) -> None:
    clock.move(days=95)
    reminders.remind_of_ends()
    reminders.remind_of_ends()
    assert told(alice) == ["7"]


def test_it_is_told_by_mail_too(as_: Any, alice: User, credential: Credential, clock: Any, work: Any) -> None:
    clock.move(days=70)
    work()
    clock.move(minutes=16)
    work()
    assert "ends on" in as_(alice).get("/notifications").text
    (letter,) = db.session.scalars(select(Mail).where(Mail.user_id == alice.id, Mail.template == "notices")).all()
    text = message_of(letter).get_body(("plain",)).get_content()
    assert "ends on" in text and f"/experts/credentials/{credential.id}/renew" in text


def test_revoked_and_over_are_not_reminded_of(alice: User, bob: User, credential: Credential, clock: Any) -> None:
    experts.revoke(credential, "Left.", by=bob)
    clock.move(days=80)
    reminders.remind_of_ends()
    assert told(alice) == [] and not reminders.remind(credential.id)


def test_alice_asks_and_thea_renews(
    as_: Any, alice: User, thea: User, credential: Credential, clock: Any, work: Any
) -> None:
    clock.move(days=99)
    reminders.remind_of_ends()
    browser, url = as_(alice), f"/experts/credentials/{credential.id}/renew"
    assert "Ask for a renewal" in browser.get("/settings/credentials").text
    assert browser.send(url, evidence="", links="").status_code == 422
    assert browser.send(url, evidence="All is as before.", links="", title="President").status_code == 303
    mine = browser.get("/settings/credentials").text
    assert "waits for a moderator" in mine and url not in mine
    assert browser.send(url, evidence="Once more.", links="").status_code == 409
    (row,) = db.session.scalars(select(actions.Application)).all()
    assert (row.title, row.renews_id) == ("Judge", credential.id)
    page = as_(thea).get(f"/moderation/credentials/{row.id}").text
    day = credential.valid_until + timedelta(days=365)
    assert f'value="{day}"' in page, "a year more is proposed"
    as_(thea).send(f"/moderation/credentials/{row.id}/grant", valid_until=day.isoformat())
    db.session.expire_all()
    assert (credential.valid_until, credential.in_force) == (day, True)
    assert [entry.act for entry in log()[:2]] == ["credential.renewed", "credential.granted"]
    work()
    kinds = db.session.scalars(select(Notification.facts).where(Notification.kind == "credential_application")).all()
    assert [facts["change"] for facts in kinds] == ["renewed"]
    clock.move(days=365)
    reminders.remind_of_ends()
    assert told(alice)[-1] == "7", "reminders are owed anew"


def test_whose_it_is_not_and_what_is_over_for_long(
    as_: Any, alice: User, mallory: User, credential: Credential, clock: Any
) -> None:
    with pytest.raises(NotFound):
        actions.ask_to_renew(credential, "Mine.", (), by=mallory)
    url = f"/experts/credentials/{credential.id}/renew"
    assert as_(mallory).get(url).status_code == 404
    clock.move(days=9)
    assert as_(alice).get(url).status_code == 409, "too early"
    assert "/renew" not in as_(alice).get("/settings/credentials").text
    clock.move(days=1)
    assert as_(alice).get(url).status_code == 200
    clock.move(days=120)
    assert as_(alice).get(url).status_code == 200
    clock.move(days=1)
    assert as_(alice).get(url).status_code == 409
    with pytest.raises(Conflict):
        actions.ask_to_renew(credential, "Late.", (), by=alice)


def test_only_the_holder_says_in_which_languages_they_answer(
    as_: Any, alice: User, mallory: User, credential: Credential
) -> None:
    url = f"/experts/credentials/{credential.id}/languages"
    assert as_(mallory).send(url, languages="zh").status_code == 404
    assert as_(alice).send(url, languages=["zh", "en"]).status_code == 303
    db.session.refresh(credential)
    assert credential.languages == "en zh", "in one order, whatever was ticked first"
    assert as_(alice).send(url, languages="fr").status_code == 422
