"""Under 14: refused for a day, or with a guardian's consent, as an admin sets; and what is kept of it when."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts import actions, forgetting, guardians, links, registration
from forum.accounts.models import Guardian, OneTimeLink, RoleGrant, Standing, User
from forum.accounts.registration import Mode
from forum.cli import safety
from forum.core import site
from forum.core.audit import AuditEntry
from forum.core.database import db, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.leaving import actions as leaving
from forum.leaving import closing
from forum.mail.letters import LETTERS
from forum.mail.models import Mail
from tests.accounts.conftest import Join
from tests.accounts.test_modes import letters, newcomer
from tests.plugins.application import Client

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no rule of a database
CHILD = {"age": "child", "guardian": "parent@example.org"}


@pytest.fixture
def asked(app: Flask) -> None:
    """Children may join with a guardian's consent."""
    site.put(registration.SETTING, str(Mode.OPEN), None)
    site.put(guardians.SETTING, guardians.GUARDIAN, None)


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def token(user: User, purpose: str = guardians.PURPOSE) -> str:
    query = select(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.purpose == purpose)
    link = db.session.scalars(query.order_by(OneTimeLink.id.desc())).first()
    assert link
    return links.token_of(link)


# -- refused ----------------------------------------------------------------------------------------------------------


@sqlite
def test_the_answer_can_not_be_changed_for_a_day(app: Flask, client: Any, join: Join, clock: Any) -> None:
    before = people()
    refused = join(age="child", password="x")  # whatever else is wrong
    assert refused.status_code == 403 and "An account has time" in refused.text
    cookie = refused.headers["Set-Cookie"]
    assert "join_later=" in cookie and "HttpOnly" in cookie and "Max-Age=86400" in cookie
    assert all(join(age=age).status_code == 403 for age in ("adult", "young", ""))
    assert client.get("/register").status_code == 200 and "An account has time" in client.get("/register").text
    assert people() == before and not letters(), "nothing is kept of it"
    other = app.test_client()
    assert join(other, age="young", username="older").status_code == 303, "another browser is another person"
    clock.move(hours=23, minutes=50)
    assert join(age="adult").status_code == 403
    clock.move(minutes=11)
    assert join(age="young").status_code == 303


@sqlite
def test_a_cookie_that_is_not_ours_keeps_nobody_out(client: Any, join: Join) -> None:
    for value in ("1", "1~forged", "ü", ""):
        client.set_cookie("join_later", value)
        assert "An account has time" not in client.get("/register").text


@sqlite
def test_only_an_admin_chooses_and_the_log_says_so(app: Flask, carol: User, bob: User, as_: Any) -> None:
    assert not guardians.are_asked()
    for who, chosen, error in ((bob, "guardian", Forbidden), (carol, "anybody", Refused)):
        with pytest.raises(error):
            guardians.change(chosen, by=who)
    answer = as_(carol).send("/admin/registration", mode="open", under_14="guardian")
    assert answer.status_code == 303 and guardians.are_asked()
    rows = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "registration.children").order_by(AuditEntry.seq)
    ).all()
    assert [row.facts for row in rows] == [{"under_14": "guardian"}]
    as_(carol).send("/admin/registration", mode="open")
    assert guardians.are_asked(), "a form without the question leaves it as it is"


@sqlite
def test_without_a_mail_server_nobody_can_be_asked(
    app: Flask, carol: User, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    answer = as_(carol).send("/admin/registration", mode="approval", under_14="guardian")
    assert answer.status_code == 422 and not guardians.are_asked()
    site.put(guardians.SETTING, guardians.GUARDIAN, None)
    assert any("guardian" in line for line in safety.doors(app.config))
    site.put(guardians.SETTING, guardians.REFUSED, None)
    assert not any("guardian" in line for line in safety.doors(app.config))


# -- with a guardian --------------------------------------------------------------------------------------------------


def test_a_guardian_agrees_and_is_forgotten(app: Flask, asked: None, join: Join, as_: Any) -> None:
    assert join(**CHILD).status_code == 303
    child, parent = newcomer(), app.test_client()
    assert isinstance(parent, Client)
    assert (child.age_band, child.standing) == ("child", Standing.UNCONFIRMED)
    assert letters() == [("confirm", "zhou@example.org"), ("guardian", "parent@example.org")]
    assert not child.is_confirmed
    page = parent.get(f"/guardian/{token(child)}").text
    assert "@zhou_min" in page and "zhou@example.org" not in page
    assert parent.get(f"/guardian/{token(child)}").status_code == 200, "looking answers nothing"
    mine = as_(child)
    assert "parent or guardian" in mine.get("/").text
    mine.send(f"/confirm/{token(child, 'confirm')}")
    assert (child.standing, child.email_key) == (Standing.UNCONFIRMED, "zhou@example.org"), "one yes is missing"
    link = token(child)
    assert parent.send(f"/guardian/{link}", answer="yes", seen="terms-0").status_code == 409
    seen = _seen(parent, link)
    assert "Thank you" in parent.send(f"/guardian/{link}", answer="yes", seen=seen).text
    db.session.refresh(child)
    assert (child.age_band, child.is_confirmed) == ("young", True)
    kept = db.session.get(Guardian, child.id)
    assert kept and (kept.address, kept.agreed) == ("", seen) and kept.agreed_at
    assert not db.session.scalar(select(OneTimeLink).where(OneTimeLink.address == "parent@example.org"))
    assert letters() == [("confirm", "zhou@example.org"), ("guardian_agreed", "zhou@example.org")]
    assert parent.send(f"/guardian/{link}", answer="yes", seen=seen).status_code == 404, "once"


def _seen(client: Any, link: str) -> str:
    page = client.get(f"/guardian/{link}").text
    return str(page.partition('name="seen" value="')[2].partition('"')[0])


@sqlite
def test_the_guardian_may_come_first(asked: None, client: Any, join: Join) -> None:
    join(**CHILD)
    child, link = newcomer(), token(newcomer())
    client.send(f"/guardian/{link}", answer="yes", seen=_seen(client, link))
    assert (child.age_band, child.is_confirmed) == ("young", False)
    client.send(f"/confirm/{token(child, 'confirm')}")
    db.session.refresh(child)
    assert child.is_confirmed


def test_a_no_deletes_the_account_and_the_address(asked: None, client: Any, join: Join) -> None:
    join(**CHILD)
    link = token(newcomer())
    assert "deleted" in client.send(f"/guardian/{link}", answer="no").text
    assert [people(), letters(), db.session.scalars(select(Guardian)).all()] == [0, [], []]
    assert client.get(f"/guardian/{link}").status_code == 404


@pytest.mark.parametrize("further", ["office", "record"])
def test_a_no_ends_also_an_account_that_got_further(
    asked: None, client: Any, join: Join, clock: Any, as_: Any, further: str
) -> None:
    join(**CHILD)
    child, link = newcomer(), token(newcomer())
    with transaction() as session:
        child.role = "moderator" if further == "office" else "netizen"
        session.add(RoleGrant(user_id=child.id, former="netizen", role="moderator"))
    mine = as_(child)
    assert "deleted" in client.send(f"/guardian/{link}", answer="no").text
    assert mine.get("/settings/profile").status_code in (302, 303), "signed out at once"
    with pytest.raises(NotFound):
        leaving.stay(child)
    closing.delete_due()
    db.session.expire_all()
    assert (child.is_closed, child.role, child.email, child.age_band) == (True, "netizen", None, "")
    assert not db.session.scalars(select(Guardian)).all()
    assert client.get(f"/guardian/{link}").status_code == 404


@sqlite
def test_without_an_answer_both_are_gone_after_a_week(asked: None, client: Any, join: Join, clock: Any) -> None:
    join(**CHILD)
    link, child = token(newcomer()), newcomer()
    client.send(f"/confirm/{token(child, 'confirm')}")
    clock.move(days=6, hours=23)
    forgetting.forget_unconfirmed()
    assert client.get(f"/guardian/{link}").status_code == 200
    clock.move(hours=2)
    forgetting.forget_unconfirmed()
    assert client.get(f"/guardian/{link}").status_code == 404
    assert [people(), letters(), db.session.scalars(select(Guardian)).all()] == [0, [], []]


@sqlite
def test_a_new_password_of_the_childs_leaves_the_guardian_their_letter(asked: None, client: Any, join: Join) -> None:
    join(**CHILD)
    child = newcomer()
    link, own = token(child), token(child, "confirm")
    actions.change_password(child, "seven quiet rivers run")
    assert client.get(f"/confirm/{own}").status_code == 404
    assert client.get(f"/guardian/{link}").status_code == 200


@sqlite
def test_who_is_no_guardian(asked: None, join: Join, client: Any) -> None:
    for address in ("", "nobody", "ZHOU@example.org"):
        answer = join(**{**CHILD, "guardian": address})
        assert answer.status_code == 422 and people() == 0
    answer = join(age="adult")
    assert answer.status_code == 422 and "You said today that you are under 14" in answer.text
    assert join(**CHILD).status_code == 303


@sqlite
def test_the_letters_are_sent_again_and_end_the_former_link(asked: None, join: Join, client: Any, as_: Any) -> None:
    join(**CHILD)
    child, former = newcomer(), token(newcomer())
    as_(child).send("/confirm/resend")
    assert client.get(f"/guardian/{former}").status_code == 404
    assert client.get(f"/guardian/{token(child)}").status_code == 200
    assert [name for name, _ in letters()].count("guardian") == 2


@sqlite
def test_one_address_gets_few_letters_a_day(asked: None, person: Any) -> None:
    for number in range(7):
        spelt = "parent@example.org" if number % 2 else "PARENT@Example.org"  # one mailbox, however it is written
        guardians.ask(person(f"child{number}", age_band="child", standing="unconfirmed"), spelt)
    sent = []
    for mail in db.session.scalars(select(Mail).order_by(Mail.id)):
        still_due = LETTERS["guardian"].still_due
        assert still_due
        sent.append(still_due(mail))
        mail.state, mail.sent_at = "sent", mail.created_at
        db.session.flush()
    assert sent == [True] * 5 + [False] * 2
