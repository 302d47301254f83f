"""Whoever signs up with an address learns from nothing whether somebody has it, and signs in by it all the same."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import (
    actions,
    approvals,
    confirmations,
    email_actions,
    invitations,
    links,
    owner_mail,
    passwords,
    queries,
    registration,
)
from forum.accounts.models import OneTimeLink, User
from forum.accounts.registration import Mode
from forum.core import site
from forum.core.database import db, transaction
from forum.leaving import parts
from forum.mail.models import Mail
from tests.accounts.conftest import Join
from tests.people import PASSWORD
from tests.plugins.application import Client

MINE = "ten green bottles standing"
KNOWN, FRESH = "alice@example.org", "fresh@example.org"
MODES = [Mode.OPEN, Mode.APPROVAL, Mode.INVITATION, Mode.CONFIRM]


def bare(page: str, name: str, email: str) -> str:
    page = re.sub(r'(name="csrf_token"[^>]*value=")[^"]*|\d+ (second|minute)s? ago|until [^<]*', r"\1", page)
    return re.sub(r"seal-\d+", "", page.replace(email, "ADDRESS").replace(name, "NAME"))


def told(answer: Any) -> tuple[int, dict[str, str]]:
    return answer.status_code, {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length")}


def stranger(app: Flask) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made


def archived(user: User) -> dict[str, int]:
    """How much of each kind stands in the archive of what is kept about somebody."""
    return {part.name: part.count(user.id) for part in parts.KEPT}


def _steps(app: Flask, home: Client, email: str) -> list[Callable[[], Any]]:
    """What somebody asks who has just signed up at `home` with the address; the second and third are sign-ins."""
    return [
        lambda: stranger(app).send("/login", username=email, password="not theirs at all"),
        lambda: stranger(app).send("/login", username=email.upper(), password=MINE),
        lambda: home.send("/login", username=email, password=MINE),
        lambda: home.get("/settings/email"),
        lambda: home.send("/settings/email", email=email, current_password=MINE),
        lambda: home.get("/settings/email"),
        lambda: home.send("/confirm/resend"),
        lambda: stranger(app).send("/forgot", username=email),
        lambda: home.get("/settings/profile"),
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_tells_whether_somebody_has_the_address(
    app: Flask, join: Join, alice: User, person: Any, statements: Callable[[], Any], mode: Mode
) -> None:
    """Text, headers, status and statements of sign-up, sign-in, change of address, reset and archive."""
    site.put(registration.SETTING, str(mode), None)
    inviter = person("ida", trust_level=3)
    seen = []
    for name, email in (("fiona", KNOWN), ("frank", FRESH)):
        code = ""
        if mode == Mode.INVITATION:
            code = invitations.invite(inviter)
        home = stranger(app)
        answers = [join(home, username=name, email=email, password=MINE, invitation=code)]
        steps = _steps(app, home, email)
        spent = []
        for step in steps:
            with statements() as ran:
                answers.append(step())
            spent.append(len(ran))
        member = queries.by_username(name)
        assert member and answers[2].status_code == 303 and answers[3].status_code == 303, "they sign in by it"
        pages = [bare(answer.text, name, email) for answer in answers]
        seen.append(([told(answer) for answer in answers], spent, archived(member), pages))
    for place, what in enumerate(("status and headers", "statements", "the archive", "pages")):
        assert seen[0][place] == seen[1][place], what
    assert {mail.address for mail in db.session.query(Mail) if mail.template != "welcome"} >= {KNOWN}


def test_two_accounts_with_the_address_learn_no_more_than_one(app: Flask, join: Join, alice: User) -> None:
    """Whoever makes two would see the older one kept out where the address has an owner, and let in where not."""
    for name, email in (("fiona", KNOWN), ("frank", FRESH)):
        join(stranger(app), username=name, email=email, password=MINE)
        join(stranger(app), username=f"{name}2", email=email, password=MINE + "2")
        ways = [actions.authenticate(email, word) for word in (MINE, MINE + "2")]
        assert [user and user.username for user in ways] == [None, f"{name}2"]
        assert actions.authenticate(name, MINE), "by its name each signs in"
    owner = actions.authenticate(KNOWN, PASSWORD)
    assert owner and owner.id == alice.id, "and nobody's sign-up keeps an owner from it"


def test_an_older_account_signs_in_by_it_where_it_is_known(app: Flask, join: Join) -> None:
    home = stranger(app)
    join(home, username="frank", email=FRESH, password=MINE)
    join(stranger(app), username="frances", email=FRESH, password=MINE + "2")
    assert home.send("/login", username=FRESH, password=MINE).status_code == 303
    assert stranger(app).send("/login", username=FRESH, password=MINE).status_code == 422


def test_on_a_known_browser_only_its_account_is_tried(app: Flask, join: Join, alice: User) -> None:
    """Else an account of one's own with her address would give tries at her password that count apart."""
    home = stranger(app)
    join(home, username="mara", email=KNOWN, password=MINE)
    assert home.send("/login", username=KNOWN, password=PASSWORD).status_code == 422
    assert home.send("/login", username=KNOWN, password=MINE).status_code == 303
    assert stranger(app).send("/login", username=KNOWN, password=PASSWORD).status_code == 303


@pytest.mark.limits
def test_signing_in_with_ones_own_password_forgives_no_guesses_at_the_owners(
    app: Flask, alice: User, person: Any
) -> None:
    person("mara", email=KNOWN, email_key=None, email_claim=KNOWN, password_hash=passwords.hash_password(MINE))
    statuses = []
    for number in range(12):
        sent = {"username": KNOWN, "password": MINE if number % 4 == 3 else "a wrong guess"}
        browser = stranger(app)
        fields = {"csrf_token": browser.csrf_token(), **sent}
        statuses.append(browser.post("/login", data=fields, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"}))
    assert [answer.status_code for answer in statuses] == [422, 422, 422, 303] * 2 + [422, 422, 429, 429]


def test_the_link_makes_the_address_theirs_whoever_typed_it_before(app: Flask, join: Join, client: Client) -> None:
    """An account that has only said so keeps nobody from showing it, in any mode."""
    join(stranger(app), username="squatter", email=FRESH, password=MINE)
    squatter = queries.by_username("squatter")
    assert squatter and squatter.email_key == FRESH
    home = stranger(app)
    join(home, username="frank", email=FRESH, password=PASSWORD)
    assert "Nobody has shown yet" in home.get("/settings/email").text
    assert home.send("/settings/email", email=FRESH, current_password=PASSWORD).status_code == 303
    link = db.session.query(OneTimeLink).filter_by(purpose=email_actions.PURPOSE).one()
    assert client.send(f"/settings/email/{links.token_of(link)}").status_code == 303
    frank = queries.by_username("frank")
    db.session.refresh(squatter)
    assert frank and (frank.email_key, frank.email_claim) == (FRESH, None) and frank.confirmed_at
    assert (squatter.email, squatter.email_key) == (FRESH, None)
    assert "Nobody has shown yet" not in home.get("/settings/email").text
    assert home.send("/settings/email", email=FRESH, current_password=PASSWORD).status_code == 422
    assert [mail.template for mail in db.session.query(Mail) if mail.template == "email_changed"] == []
    site.put(registration.SETTING, str(Mode.CONFIRM), None)
    join(stranger(app), username="late", email="late@example.org")
    late = queries.by_username("late")
    assert late and late.email_claim == "late@example.org"
    last = db.session.query(OneTimeLink).filter_by(user_id=late.id, purpose=confirmations.PURPOSE).one()
    client.send(f"/confirm/{links.token_of(last)}")
    db.session.refresh(late)
    assert (late.email_key, late.email_claim) == ("late@example.org", None)


def test_letters_about_an_account_never_reach_the_owner_of_a_typed_address(person: Any, work: Any, carol: User) -> None:
    """Whoever signs up with another's address has nothing written to them, neither by signing in nor by an approval."""
    owner = person("owner", email="owner@example.org")
    squatter = person("squatter", email=owner.email, email_key=None, display_name="Prize at evil.example")
    mine = person("claimant", email="free@example.org", email_claim="free@example.org", display_name="Prize for you")
    for somebody in (owner, squatter, mine):
        with transaction():
            owner_mail.tell_of_new_device(somebody, "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
    squatter.standing = "waiting"
    db.session.commit()
    assert approvals.approve(squatter.id, carol)
    work()
    letters = {mail.user_id: mail for mail in db.session.scalars(select(Mail).where(Mail.template == "new_device"))}
    assert letters[owner.id].state == "sent" and letters[squatter.id].state == "dropped"
    assert letters[mine.id].state == "sent" and letters[mine.id].facts["name"] == "claimant"
    assert not db.session.scalars(select(Mail).where(Mail.template == "approved")).all()
