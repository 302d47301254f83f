"""The ways to join that an admin sets: who gets in how far, and what is written about it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts import (
    actions,
    approvals,
    confirmations,
    forgetting,
    invitations,
    links,
    proofs,
    queries,
    registration,
    ties,
)
from forum.accounts.emptying import EMPTY
from forum.accounts.models import Consent, Invitation, OneTimeLink, Standing, Tie, User
from forum.accounts.refusals import BadField
from forum.accounts.registration import Mode
from forum.core import site
from forum.core.audit import AuditEntry
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden
from forum.mail.composing import words_of
from forum.mail.letters import LETTERS
from forum.mail.models import Mail
from forum.subthemes.queries import by_slug
from forum.threads.actions import post_reply
from forum.threads.models import Post, Thread
from moderation.decisions import decide
from moderation.queries import open_case_of
from tests.accounts.conftest import GOOD, Join, worked_form
from tests.people import PASSWORD
from tests.plugins.application import Client, MovableClock


@pytest.fixture
def in_mode(app: Flask) -> Callable[[Mode], None]:
    """`in_mode(Mode.CONFIRM)`: so the forum stands open from now on."""

    def choose(mode: Mode) -> None:
        site.put(registration.SETTING, str(mode), None)

    return choose


def letters() -> list[tuple[str, str]]:
    """Return the letters that are owed: which one, and to which address."""
    rows = db.session.execute(select(Mail.template, Mail.address).order_by(Mail.id))
    return [(row.template, row.address) for row in rows]


def newcomer(name: str = "zhou_min") -> User:
    found = queries.by_username(name)
    assert found
    return found


def link_of(user: User) -> str:
    """Return the token in the latest letter to the person."""
    query = select(OneTimeLink).where(OneTimeLink.user_id == user.id).order_by(OneTimeLink.id.desc())
    link = db.session.scalar(query)
    assert link
    return links.token_of(link)


# -- the mode ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sends_mail", "production", "mode"),
    [(True, True, "confirm"), (True, False, "confirm"), (False, True, "approval"), (False, False, "open")],
)
def test_until_an_admin_chooses_the_mode_follows_the_settings(
    app: Flask, sends_mail: bool, production: bool, mode: str
) -> None:
    assert registration.mode(sends_mail=sends_mail, production=production) == mode


def test_an_admin_chooses_and_the_public_log_says_so(app: Flask, carol: User, bob: User) -> None:
    assert registration.change("invitation", by=carol)
    assert not registration.change("invitation", by=carol), "nothing changed"
    assert registration.mode(sends_mail=True, production=True) == "invitation"
    written = db.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "registration.changed").order_by(AuditEntry.seq)
    ).all()
    assert [entry.facts for entry in written] == [{"mode": "invitation"}]
    with pytest.raises(Forbidden):
        registration.change("open", by=bob)


def test_the_page_of_the_admin(app: Flask, as_: Any, carol: User, client: Client) -> None:
    admin = as_(carol)
    assert admin.send("/admin/registration", mode="approval").status_code == 303
    assert "A moderator looks at each new account" in client.get("/register").text
    assert admin.send("/admin/registration", mode="anything").status_code == 422
    assert "The way to join was changed" in client.get("/moderation/log").text


def test_confirmation_is_not_chosen_where_nobody_would_get_a_letter(
    app: Flask, as_: Any, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    assert as_(carol).send("/admin/registration", mode="confirm").status_code == 422


def test_it_closes_while_nobody_looks_after_the_forum(
    client: Client, as_: Any, carol: User, clock: MovableClock, join: Join
) -> None:
    clock.move(days=6, hours=23)
    assert join(username="in_time").status_code == 303
    clock.move(hours=2)
    page = client.__class__(client.application).get("/register")
    assert (
        page.status_code == 200
        and "opens again by itself" in page.text
        and '<form method="post" action="/register"' not in page.text
    )
    refused = client.__class__(client.application).send("/register", **GOOD)
    assert refused.status_code == 403 and queries.by_username("zhou_min") is None
    assert actions.register("by_hand", "hand@example.org", PASSWORD, by_operator=True).is_approved
    back = client.__class__(client.application).send("/login", username="carol", password=PASSWORD)
    assert back.status_code == 303, "who has an account signs in"
    assert join(client.__class__(client.application)).status_code == 303


def test_it_is_open_where_there_is_no_staff_yet_and_counts_a_new_role(
    app: Flask, person: Any, clock: MovableClock
) -> None:
    person("old_member")
    assert not registration.is_unwatched()
    imported = person("imported", source_id="x1", role="moderator", signed_in_at=None)
    assert not registration.is_unwatched(), "who came with an import was never here"
    actions.change_role(queries.by_username("old_member") or imported, "admin", by=None)
    clock.move(days=8)
    assert registration.is_unwatched()


# -- open -------------------------------------------------------------------------------------------------------------


def test_a_person_with_scripts_is_in_at_once(join: Join) -> None:
    assert join().status_code == 303
    assert newcomer().is_approved and newcomer().email_key == "zhou@example.org"
    assert letters() == [("welcome", "zhou@example.org")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"proof": ""}, "no work"),
        ({"proof": "1.2.3.4.5.6.7.8"}, "wrong work"),
        ({"proof": ".".join(["9" * 4000] * 8)}, "a number without end"),
        ({"proof": "²." * 7 + "²"}, "digits of another kind"),
        ({"opened": "", "proof": ""}, "no form of ours"),
        ({"opened": "1.abc~forged"}, "a forged form"),
        ({"homepage": "https://spam.example"}, "the field that people don't see"),
    ],
)
def test_what_looks_like_a_program_waits_for_a_moderator(join: Join, fields: dict[str, str], why: str) -> None:
    assert join(**fields).status_code == 303, why
    assert newcomer().standing == Standing.WAITING, why


def test_work_counts_for_one_account(app: Flask, client: Client, clock: MovableClock, join: Join) -> None:
    worked = worked_form(app)
    clock.move(seconds=4)
    for name in ("first", "second"):
        sent = {"username": name, "email": f"{name}@example.org", "password": PASSWORD, **worked}
        assert app.test_client().send("/register", **sent).status_code == 303
    assert [newcomer(name).standing for name in ("first", "second")] == ["active", "waiting"]


def test_a_form_is_good_for_twelve_hours(app: Flask, clock: MovableClock) -> None:
    token = proofs.open_form()
    clock.move(hours=12, seconds=-1)
    assert proofs.opened(token)
    clock.move(seconds=2)
    assert proofs.opened(token) is None


# -- confirm ----------------------------------------------------------------------------------------------------------


def test_the_link_makes_an_account_that_may_write(client: Client, in_mode: Any, join: Join) -> None:
    in_mode(Mode.CONFIRM)
    assert join().status_code == 303
    user = newcomer()
    assert (user.standing, user.email_key) == (Standing.UNCONFIRMED, None)
    assert letters() == [("confirm", "zhou@example.org")]
    token = link_of(user)
    for _ in range(3):
        page = client.get(f"/confirm/{token}")
        assert page.status_code == 200 and "Yes, it is my address" in page.text, "a scanner uses nothing up"
        assert "/confirm/resend" not in page.text, "it is here already"
    assert newcomer().standing == Standing.UNCONFIRMED
    assert client.send(f"/confirm/{token}").location == "/"
    assert newcomer().standing == Standing.ACTIVE and newcomer().confirmed_at and newcomer().email_key
    again = client.send(f"/confirm/{token}")
    assert again.status_code == 404 and "does not work any more" in again.text
    assert client.get(f"/confirm/{token}").status_code == 404


def test_without_proof_of_work_a_moderator_follows_the_link(client: Client, in_mode: Any, join: Join) -> None:
    in_mode(Mode.CONFIRM)
    join(proof="")
    assert newcomer().standing == Standing.UNCONFIRMED
    client.send(f"/confirm/{link_of(newcomer())}")
    assert newcomer().standing == Standing.WAITING


def test_a_link_dies_after_a_day_and_by_a_newer_one(client: Client, in_mode: Any, join: Join, clock: Any) -> None:
    in_mode(Mode.CONFIRM)
    join()
    first = link_of(newcomer())
    assert client.send("/confirm/resend", next="/rules").location == "/rules"
    second = link_of(newcomer())
    assert first != second and client.send(f"/confirm/{first}").status_code == 404
    clock.move(hours=24)
    dead = client.send(f"/confirm/{second}")
    assert dead.status_code == 404 and "Send me a new link" in dead.text and dead.text.count("/confirm/resend") == 1
    assert "/confirm/resend" in client.get("/rules").text
    assert letters() == [("confirm", "zhou@example.org")] * 2
    assert newcomer().standing == Standing.UNCONFIRMED


def test_the_database_has_no_token(client: Client, in_mode: Any, join: Join) -> None:
    in_mode(Mode.CONFIRM)
    join()
    token = link_of(newcomer())
    rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(select(table))]
    assert not any(token in row for row in rows)


def test_two_at_once_confirm_once(app: Flask, in_mode: Any, join: Join) -> None:
    in_mode(Mode.CONFIRM)
    join()
    token = link_of(newcomer())
    assert sorted(_at_once(app, [lambda: app.test_client().send(f"/confirm/{token}").status_code] * 2)) == [303, 404]


def test_a_known_address_is_told_and_tells_nothing(app: Flask, in_mode: Any, join: Join, alice: User) -> None:
    """Status, headers and the pages that follow are the same; only the owner's mailbox knows."""
    in_mode(Mode.CONFIRM)
    seen = []
    for name, email in (("fiona", "alice@example.org"), ("frank", "fresh@example.org")):
        browser = app.test_client()
        answer = join(browser, username=name, email=email)
        again = browser.send("/confirm/resend")
        pages = [browser.get(path).text for path in ("/", "/settings/profile", "/login")]
        seen.append((_told(answer), _told(again), [_bare(page, name, email) for page in pages]))
    assert seen[0] == seen[1]
    assert letters() == [("address-used", "alice@example.org")] * 2 + [("confirm", "fresh@example.org")] * 2
    squatter = newcomer("fiona")
    assert squatter.standing == Standing.UNCONFIRMED and squatter.email_key is None
    with pytest.raises(Conflict):
        confirmations.confirm(link_of(squatter))


def _told(answer: Any) -> tuple[int, dict[str, str]]:
    return answer.status_code, {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Content-Length")}


def _bare(page: str, name: str, email: str) -> str:
    page = re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)
    return re.sub(r"seal-\d+", "", page.replace(email, "ADDRESS").replace(name, "NAME"))


def test_an_unconfirmed_account_does_not_keep_the_owner_out(app: Flask, in_mode: Any, join: Join) -> None:
    in_mode(Mode.CONFIRM)
    join(app.test_client(), username="squatter", email="zhou@example.org")
    join(app.test_client())
    owner = newcomer()
    assert app.test_client().send(f"/confirm/{link_of(owner)}").status_code == 303
    assert actions.authenticate("zhou@example.org", PASSWORD) is not None
    late = app.test_client().send(f"/confirm/{link_of(newcomer('squatter'))}")
    assert late.status_code == 409 and newcomer("squatter").standing == Standing.UNCONFIRMED


def test_whoever_wants_to_write_is_told_and_keeps_the_text(
    client: Client, in_mode: Any, join: Join, thread: Any
) -> None:
    in_mode(Mode.CONFIRM)
    join()
    page = client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert "confirm your e-mail address first" in page and "Send the link again" in page and "data-draft" not in page
    for path, fields in (
        (f"/threads/{thread.id}/posts", {"body": "My long thought."}),
        ("/subthemes/law-online/threads/new", {"title": "A title", "body": "My long thought."}),
    ):
        refused = client.send(path, **fields)
        assert refused.status_code == 403
        assert "My long thought." in refused.text and "confirm your e-mail address first" in refused.text
        assert 'action="/confirm/resend"' in refused.text
    assert client.get("/subthemes/law-online/threads/new").status_code == 403


@pytest.mark.limits
def test_the_link_is_sent_again_once_a_minute(client: Client, in_mode: Any, join: Join) -> None:
    in_mode(Mode.CONFIRM)
    join()
    assert [client.send("/confirm/resend").status_code for _ in range(2)] == [303, 429]


def test_it_is_forgotten_after_a_week(app: Flask, in_mode: Any, join: Join, clock: Any, work: Any, person: Any) -> None:
    in_mode(Mode.CONFIRM)
    join()
    written = person("wrote_once", standing="unconfirmed", created_at=now())
    with transaction() as session:
        session.add(Thread(subtheme=by_slug("law-online"), author=written, last_author=written, title="x", state="held",
                           created_at=now(), last_post_at=now()))  # fmt: skip
    clock.move(days=6, hours=23)
    work()
    assert queries.by_username("zhou_min")
    clock.move(hours=2)
    work()
    assert queries.by_username("zhou_min") is None and newcomer("wrote_once").standing == Standing.UNCONFIRMED
    assert join(username="zhou_min", email="zhou@example.org").status_code == 303, "name and address are free again"


def test_nobody_keeps_an_account_from_being_forgotten(
    in_mode: Any, join: Join, clock: Any, work: Any, person: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_AT_ONCE", 1)
    in_mode(Mode.CONFIRM)
    kept = person("wrote_once", standing="unconfirmed", created_at=now())
    with transaction() as session:
        session.add(Thread(subtheme=by_slug("law-online"), author=kept, last_author=kept, title="x", state="held",
                           created_at=now(), last_post_at=now()))  # fmt: skip
    join()
    ties.keep(newcomer(), "mute", by=alice)
    clock.move(days=7, seconds=1)
    work()
    assert queries.by_username("zhou_min") is None, "neither by a tie to it nor by one before it that has to stay"
    assert newcomer("wrote_once").standing == Standing.UNCONFIRMED


def test_the_address_of_a_sign_up_fades(in_mode: Any, join: Join, clock: Any, work: Any) -> None:
    join()
    assert newcomer().signup_address == "127.0.0.1"
    clock.move(days=7)
    work()
    assert newcomer().signup_address == "127.0.0.0/24"
    clock.move(days=83)
    work()
    assert newcomer().signup_address == ""


# -- quick forms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.CONFIRM, Mode.APPROVAL, Mode.INVITATION])
def test_a_quick_form_is_asked_for_again(client: Client, in_mode: Any, mode: Mode, clock: Any, carol: User) -> None:
    in_mode(mode)
    code = invitations.invite(carol)
    fields = {**GOOD, "opened": proofs.open_form(), "invitation": code}
    clock.move(seconds=2)
    quick = client.send("/register", **fields)
    assert quick.status_code == 422 and "very quick" in quick.text and fields["opened"] in quick.text
    stale = client.send("/register", **{**fields, "opened": ""})
    assert stale.status_code == 422 and 'name="opened"' in stale.text
    clock.move(seconds=2)
    assert client.send("/register", **fields).status_code == 303


# -- invitation -------------------------------------------------------------------------------------------------------


def test_only_the_invited_come_in(client: Client, in_mode: Any, join: Join, alice: User, as_: Any, carol: User) -> None:
    in_mode(Mode.INVITATION)
    assert join().status_code == 422 and join(invitation="guessed").status_code == 422
    browser = as_(alice)
    browser.send("/invitations", note="My neighbour")
    page = browser.get("/invitations").text
    code = re.search(r"register\?invitation=([\w-]+)", page)
    assert code and "My neighbour" in page
    assert code[1] not in browser.get("/invitations").text, "it is shown once"
    assert f'value="{code[1]}"' in client.get(f"/register?invitation={code[1]}").text
    assert join(invitation=code[1]).status_code == 303
    assert newcomer().is_approved and newcomer().invited_by_id == alice.id
    assert "zhou_min" in browser.get("/invitations").text
    assert "alice" in as_(carol).get("/admin/people/zhou_min").text
    used = join(client.__class__(client.application), username="another", email="a@example.org", invitation=code[1])
    assert used.status_code == 422 and "does not work any more" in used.text


@pytest.mark.parametrize("mode", [Mode.APPROVAL, Mode.OPEN])
def test_an_invitation_spares_the_wait(client: Client, in_mode: Any, join: Join, alice: User, mode: Mode) -> None:
    in_mode(mode)
    code, said = invitations.invite(alice), "a moderator then looks at the new account"
    assert said not in client.get(f"/register?invitation={code}").text
    assert (said in client.get("/register").text) == (mode != Mode.INVITATION)
    assert join(invitation=code, proof="").status_code == 303
    assert newcomer().is_approved


def test_an_invitation_does_not_spare_the_confirmation(client: Client, in_mode: Any, join: Join, alice: User) -> None:
    in_mode(Mode.CONFIRM)
    join(invitation=invitations.invite(alice), proof="")
    assert newcomer().standing == Standing.UNCONFIRMED
    client.send(f"/confirm/{link_of(newcomer())}")
    assert newcomer().is_approved


def test_two_at_once_come_in_with_one_invitation_once(app: Flask, alice: User, in_mode: Any, clock: Any) -> None:
    in_mode(Mode.INVITATION)
    code, token = invitations.invite(alice), proofs.open_form()
    clock.move(seconds=4)

    def guest(name: str) -> Callable[[], int]:
        fields = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        return lambda: app.test_client().send("/register", invitation=code, opened=token, **fields).status_code

    assert sorted(_at_once(app, [guest("leo"), guest("mia"), guest("noa")])) == [303, 422, 422]
    assert db.session.scalar(select(func.count(User.id)).where(User.invited_by_id == alice.id)) == 1


def test_a_dead_invitation_lets_nobody_in(app: Flask, as_: Any, alice: User, ann: User, in_mode: Any, join: Join,
                                          clock: Any) -> None:  # fmt: skip
    in_mode(Mode.INVITATION)
    code = invitations.invite(alice)
    number = db.session.scalar(select(Invitation.id))
    assert as_(ann).send(f"/invitations/{number}/withdraw").status_code == 404, "somebody else's"
    assert as_(alice).send(f"/invitations/{number}/withdraw").status_code == 303
    assert join(invitation=code).status_code == 422
    late = invitations.invite(alice)
    clock.move(days=14)
    assert join(invitation=late).status_code == 422
    shady = invitations.invite(alice)
    with transaction():
        alice.suspended_until = now() + timedelta(days=3)
    assert join(invitation=shady).status_code == 422


def test_how_many_may_be_open(alice: User, bob: User, newbie: User, person: Any) -> None:
    for _ in range(5):
        invitations.invite(alice)
    with pytest.raises(BadField):
        invitations.invite(alice)
    for _ in range(6):
        invitations.invite(bob)
    for stranger in (newbie, person("wren", standing="waiting"), person("uma", standing="unconfirmed")):
        with pytest.raises(Forbidden):
            invitations.invite(stranger)


def test_the_address_of_a_sign_up_is_kept_as_every_other_row_keeps_it(client: Client, in_mode: Any, join: Join) -> None:
    in_mode(Mode.OPEN)
    client.environ_base["REMOTE_ADDR"] = "::ffff:203.0.113.7"
    join()
    assert newcomer().signup_address == "203.0.113.7"


# -- approval ---------------------------------------------------------------------------------------------------------


def test_a_moderator_says_yes(client: Client, as_: Any, bob: User, in_mode: Any, join: Join) -> None:
    in_mode(Mode.APPROVAL)
    assert "Why do you want to join?" in client.get("/register").text
    join(application="I teach <b>reading</b>.")
    user = newcomer()
    assert user.standing == Standing.WAITING
    desk = as_(bob)
    assert "I teach &lt;b&gt;reading&lt;/b&gt;." in desk.get("/admin/waiting").text
    assert desk.send(f"/admin/waiting/{user.id}/approve").status_code == 303
    assert newcomer().is_approved and newcomer().approved_by_id == bob.id and newcomer().application == ""
    assert letters()[-1] == ("approved", "zhou@example.org")
    assert not approvals.approve(user.id, bob), "twice changes nothing"
    assert "Nobody waits" in desk.get("/admin/waiting").text


def test_a_moderator_says_no_and_the_names_are_free(
    client: Client, as_: Any, bob: User, in_mode: Any, join: Join
) -> None:
    in_mode(Mode.APPROVAL)
    join()
    user, desk = newcomer(), as_(bob)
    assert desk.send(f"/admin/waiting/{user.id}/refuse", reason=" ").status_code == 422
    assert desk.send(f"/admin/waiting/{user.id}/refuse", reason="Two accounts of one person.").status_code == 303
    closed = db.session.get(User, user.id)
    assert closed and closed.is_closed and closed.email is None and not closed.password_hash
    assert client.get("/settings/profile").status_code == 303, "signed out"
    assert letters()[-1] == ("refused", "zhou@example.org")
    assert desk.send(f"/admin/waiting/{user.id}/refuse", reason="Again.").status_code == 409
    assert desk.send(f"/admin/waiting/{user.id}/approve").status_code == 303 and closed.is_closed
    assert client.get(f"/people/~{user.id}").status_code == 404
    assert join(client.__class__(client.application)).status_code == 303


def test_only_moderators_decide(alice: User, person: Any) -> None:
    waits = person("wren", standing="waiting")
    for who in (alice, waits, person("uma", role="moderator", standing="unconfirmed")):
        with pytest.raises(Forbidden):
            approvals.approve(waits.id, who)
        with pytest.raises(Forbidden):
            approvals.refuse(waits.id, "No.", who)


def test_what_waits_is_listed_oldest_first_page_by_page(app: Flask, person: Any, as_: Any, bob: User) -> None:
    names = [person(f"wait{letter}x", standing="waiting").username for letter in "abcdefghjkmnpqrstuvwxy"]
    first = approvals.waiting()
    assert [user.username for user in first.items] == names[:20]
    assert [user.username for user in approvals.waiting(int(first.next_cursor)).items] == names[20:]
    assert "waityx" in as_(bob).get(f"/admin/waiting?after={first.next_cursor}").text
    assert as_(bob).get("/admin/waiting?after=" + "9" * 30).status_code == 200


def test_all_that_a_waiting_account_writes_is_held_until_one_post_is_approved(
    app: Flask, person: Any, thread: Any, bob: User, as_: Any
) -> None:
    wren = person("wren", standing="waiting")
    post = post_reply(thread, wren, "A first word.")
    assert (post.state, post.state_reason) == ("held", "waiting")
    assert "waits for a moderator" in as_(wren).get(f"/threads/{thread.id}/{thread.slug}").text
    case = open_case_of(post.id)
    assert case
    decide(case.id, bob, "keep", "")
    assert newcomer("wren").is_approved and newcomer("wren").approved_by_id == bob.id
    assert post_reply(thread, newcomer("wren"), "A second one.").state == "visible"


def test_nothing_is_published_for_who_was_refused(person: Any, thread: Any, bob: User) -> None:
    wren = person("wren", standing="waiting")
    post = post_reply(thread, wren, "Buy here.")
    approvals.refuse(wren.id, "An advertisement.", bob)
    case = open_case_of(post.id)
    assert case
    with pytest.raises(Conflict):
        decide(case.id, bob, "keep", "")
    assert db.session.get(Post, post.id, populate_existing=True).state == "held"  # type: ignore[union-attr]
    decide(case.id, bob, "remove", "It is an advertisement.", rule="spam")
    assert db.session.get(Post, post.id, populate_existing=True).state == "removed"  # type: ignore[union-attr]


def test_nothing_is_left_of_who_was_refused(person: Any, alice: User, bob: User) -> None:
    said = {"place": "Harbour", "speaks": "en", "sector": "law", "links": ["https://wren.example"], "avatar": "f" * 32}
    rest = {"age_band": "young", "quiet_hours": "23-8", "timezone": "Europe/Rome", "mails_off": ["reply"], "bounces": 1}
    wren = person("wren", standing="waiting", trust_level=1, **said, **rest)
    links.make(wren, confirmations.PURPOSE, "wren@example.org", confirmations.LIFETIME)
    ties.keep(alice, "mute", by=wren)
    ties.keep(wren, "mute", by=alice)
    ties.keep(bob, "mute", by=alice)
    approvals.refuse(wren.id, "Two accounts of one person.", bob)
    closed = db.session.get(User, wren.id, populate_existing=True)
    assert closed and closed.is_closed and not any(getattr(closed, name) for name in (*said, *EMPTY, "language"))
    assert db.session.scalar(select(func.count()).select_from(OneTimeLink)) == 0
    assert [(tie.user_id, tie.other_id) for tie in db.session.scalars(select(Tie))] == [(alice.id, bob.id)]
    assert letters() == [("refused", "wren@example.org")], "the letter itself is owed"


def test_a_waiting_account_flags_nobody(person: Any, thread: Any, as_: Any) -> None:
    wren = person("wren", standing="waiting")
    opening = db.session.scalar(select(func.min(Post.id)).where(Post.thread_id == thread.id))
    assert as_(wren).send(f"/posts/{opening}/flags", reason="spam", note="").status_code == 403


# -- age and consent --------------------------------------------------------------------------------------------------


def test_children_are_told_kindly(join: Join) -> None:
    refused = join(age="child")
    assert refused.status_code == 403 and "You can read everything" in refused.text
    assert queries.by_username("zhou_min") is None


@pytest.mark.parametrize("age", ["adult", "young", None])
def test_only_the_band_is_kept(client: Client, join: Join, age: str | None) -> None:
    assert (join(age=age) if age is not None else join()).status_code == 303
    assert newcomer().age_band == (age or "")
    assert not any("birth" in column.name for column in User.__table__.columns)


def test_the_question_of_age_wants_an_answer(client: Client, join: Join) -> None:
    refused = join(age="", username="A", invitation="a code")
    assert refused.status_code == 422 and queries.by_login(GOOD["email"]) is None
    assert "Please choose one" in refused.text and 'href="#age"' in refused.text
    assert all(f'value="{typed}"' in refused.text for typed in ("A", GOOD["email"], "a code")), "what was typed is kept"
    assert '<option selected value="young">' in join(age="young", username="A").text
    assert 'id="age" name="age" required' in client.get("/register").text


def test_what_was_accepted_is_kept_and_asked_again(
    client: Client, join: Join, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    join()
    rows = db.session.scalars(select(Consent).order_by(Consent.document)).all()
    assert [(row.document, row.version, row.language) for row in rows] == [("privacy", 3, "en"), ("terms", 2, "en")]
    assert "have not accepted yet" not in client.get("/").text
    own = _own_terms(app, "version: 3\nBe *kind* <script>alert(1)</script> at {site_name}.")
    try:
        assert "have not accepted yet" in client.get("/").text
        page = client.get("/terms").text
        assert "Version 3" in page and "<em>kind</em>" in page and "alert(1)</script>" not in page
        assert client.send("/consents", seen="privacy-3 terms-2").status_code == 409
        assert client.send("/consents", seen="privacy-3 terms-3", next="/rules").location == "/rules"
        assert "have not accepted yet" not in client.get("/").text
        assert client.send("/consents", seen="privacy-3 terms-3").status_code == 303, "twice is harmless"
    finally:
        own.unlink()
    assert db.session.scalar(select(func.count(Consent.id))) == 3


def _own_terms(app: Flask, text: str) -> Any:
    path = Path(app.config["FORUM_INSTANCE"]) / "documents" / "terms.en.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("path", ["/terms", "/privacy"])
def test_the_documents_are_there_in_both_languages(client: Client, path: str) -> None:
    english = client.get(path).text
    client.set_cookie("language", "zh_Hans")
    chinese = client.get(path).text
    assert "<h3>" in english or "<h2>" in english
    assert re.search("[\u4e00-\u9fff]{20}", re.sub(r"\s", "", chinese)) and english != chinese


def _at_once(app: Flask, acts: list[Callable[[], int]]) -> list[int]:
    start = Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        with app.app_context():
            start.wait()
            return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


# -- the letters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_every_letter_is_written_in_both_forms(app: Flask, person: Any, alice: User, language: str) -> None:
    uma = person("uma", standing="unconfirmed", email_key=None, language=language)
    confirmations.resend(uma)
    confirmations.first_letter(person("wren", email="ALICE@example.org", email_key=None), alice)
    confirmations.first_letter(person("welma", language=language), None)
    waits = [person(name, standing="waiting", language=language).id for name in ("yes", "nope")]
    approvals.approve(waits[0], person("bob", role="moderator"))
    approvals.refuse(waits[1], "Two <b>accounts</b>.", newcomer("bob"))
    written = {mail.template: words_of(mail) for mail in db.session.scalars(select(Mail))}
    assert set(written) == {"confirm", "address-used", "welcome", "approved", "refused"}
    for letter in written.values():
        assert letter.subject and "<p>" not in letter.text and "<p>" in letter.html
    token = link_of(uma)
    assert "/register" not in written["welcome"].text and "A moderator looks" not in written["welcome"].text
    assert f"/confirm/{token}" in written["confirm"].text and f"/confirm/{token}" in written["confirm"].html
    assert "alice" in written["address-used"].text and "wren" not in written["address-used"].text
    assert "Two <b>accounts</b>." in written["refused"].text
    assert "&lt;b&gt;accounts" in written["refused"].html


def test_an_owner_hears_of_it_once_a_day(app: Flask, alice: User, person: Any, clock: MovableClock) -> None:
    for name in ("wren", "wilma"):
        confirmations.first_letter(person(name, email="alice@example.org", email_key=None), alice)
    first, second = db.session.scalars(select(Mail).order_by(Mail.id)).all()
    due = LETTERS["address-used"].still_due
    assert due and due(first) and due(second)
    with transaction():
        first.state, first.sent_at = "sent", now()
    assert not due(second)
    clock.move(hours=24)
    assert due(second)


def test_the_welcome_says_that_a_moderator_has_still_to_look(app: Flask, person: Any) -> None:
    wanda = person("wanda", standing="waiting")
    confirmations.first_letter(wanda, None)
    mail = db.session.scalars(select(Mail)).one()
    assert "A moderator looks at it first." in words_of(mail).text
    with transaction():
        wanda.standing = "active"
    assert "moderator" not in words_of(mail).text, "approved before the letter went out"
