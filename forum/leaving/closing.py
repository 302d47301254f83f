"""Deleting an account for good: step by step, each safe to repeat, so that a crash is made up for by the next sweep.

First the account is closed: nobody can sign in to it from that moment, and its name is gone. `leaving_at` stays set
until the last step is done; that is how an interrupted deletion is found.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, delete, or_, select, update

from forum.accounts import emptying, name_actions, sessions
from forum.accounts import queries as people
from forum.accounts.models import REMOVE_POSTS, Invitation, NameChange, Role, RoleGrant, Standing, Tie, User
from forum.answers.models import ExpertInvitation
from forum.avatars.actions import remove_avatar
from forum.core import audit, outages
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict
from forum.core.jobs import Seldom, sweeper
from forum.core.text import skeleton
from forum.credentials import actions as applications
from forum.credentials.models import Application
from forum.experts import actions as experts
from forum.experts.models import Credential
from forum.leaving import queries
from forum.leaving.actions import LAST_ADMIN
from forum.leaving.making import archives
from forum.leaving.models import DataExport
from forum.leaving.talks import leave_talks
from forum.mail import actions as mails
from forum.mail.models import Mail
from forum.mail.models import State as MailState
from forum.programme.seats import give_up_all
from forum.subthemes import moderators
from forum.threads.departing import take_back_some

log = logging.getLogger(__name__)
SECONDS = 20.0  # for which one sweep works on deletions: other sweepers wait for their turn
REVOKED = "The account was deleted."  # a record for the operators, not translated

# Rows that name somebody as `user_id` and stay: what the public log tells of, who was in a conversation or asked in a
# session (a number of people), and the former names, of which only a fingerprint is left. Every other such row goes.
STAY = frozenset({"role_grants", "credentials", "strikes", "conversation_members", "name_changes", "theme_moderators",
                  "ask_experts", "question_supports"})  # fmt: skip

# Called with (user id, choice) after the account is closed, perhaps more than once: rooms above forget what is theirs.
forgetters: list[Callable[[int, str], None]] = []


_last_letters = Seldom(timedelta(hours=1))  # it reads the whole table


@sweeper
def forget_last_letters() -> None:
    """Forget, within the hour, to whom the last letters went: their rows hold the last trace of the address."""
    if not _last_letters.is_due():
        return
    gone = select(Mail.id).where(Mail.template == "left", Mail.state != MailState.OWED).limit(1_000)
    if ids := db.session.scalars(gone).all():
        mails.forget(ids)


@sweeper
def delete_due() -> None:
    """Delete the accounts whose days of grace are over, and go on with those that a crash interrupted."""
    until = time.monotonic() + SECONDS
    for user_id in queries.due():
        if time.monotonic() >= until:
            return
        try:
            complete(user_id, until=until)
        except Exception as error:  # or nobody after it would ever be deleted
            if outages.is_outage(error):
                log.error(
                    "account %s can't be deleted, the next sweep tries again: %s", user_id, outages.in_words(error)
                )
            else:
                log.exception("account %s can't be deleted; the next sweep tries again", user_id)
            db.session.rollback()


def complete(user_id: int, *, until: float | None = None, progress: Callable[[str], None] = lambda _step: None) -> bool:
    """Delete the account if its time has come; return whether it is done, False when `until` (monotonic) came first.

    `progress` is told of each step in English.
    """
    progress("closing the account")
    choice = _close(user_id)
    if choice is None:
        return False
    for step, forget in (
        ("picture and archives", _forget_files),
        ("devices, proofs, letters, notices, marks", _forget_belongings),
        ("invitations and ties", _forget_others_sides),
    ):
        progress(step)
        forget(user_id)
    if choice == REMOVE_POSTS:
        below: int | None = None
        while True:
            progress("posts" if below is None else f"posts before {below}")
            below = take_back_some(user_id, below)
            if below is None:
                break
            if until is not None and time.monotonic() >= until:
                return False
    progress("places at items of the programme")
    give_up_all(user_id)
    progress("messages")
    leave_talks(user_id, with_texts=choice == REMOVE_POSTS)
    for forget_more in forgetters:
        forget_more(user_id, choice)
    progress("the last letter")
    return _finish(user_id)


def _close(user_id: int) -> str | None:
    """Close the account and return the choice, also when it was closed before; None when it may not be deleted now."""
    with transaction() as session:
        person = locked(User, user_id)
        if person is None or person.leaving_at is None or person.leaving_at > now():
            return None
        if person.is_closed:
            return person.leaving_with
        if people.is_last_admin(person):
            log.warning("account %s is to be deleted, but it is the last administrator's: make another", user_id)
            return None
        _end_offices(person)
        _forget_nameless_letters(person)
        name_actions.retire(person)
        person.username = f"~{person.id}"  # stands in no name that anybody can choose
        person.username_key = skeleton(person.username)
        emptying.empty(person)  # address and language go last, since the last letter needs them
        person.standing = Standing.CLOSED
        sessions.end_all(person.id)
        session.flush()
        return person.leaving_with


def _end_offices(person: User) -> None:
    """End role, sub-themes and credentials, each with its row in the public log; take applications back."""
    waiting = select(Application.id).where(Application.user_id == person.id, Application.state == "open")
    for application_id in db.session.scalars(waiting).all():
        applications.withdraw(application_id, by=person)
    held = select(Credential).where(Credential.user_id == person.id, Credential.revoked_at.is_(None))
    for credential in db.session.scalars(held).all():
        experts.revoke(credential, REVOKED, by=None)
    moderators.end_all(person)
    if person.role != Role.NETIZEN:
        former, person.role = str(person.role), Role.NETIZEN.value
        db.session.add(RoleGrant(user_id=person.id, former=former, role=person.role))
        facts = {"former": former, "role": str(person.role)}
        audit.record("role.changed", by=None, target=f"person:{person.id}", facts=facts)


def _forget_files(user_id: int) -> None:
    person = db.session.get(User, user_id)
    if person:
        remove_avatar(person)
    for file in db.session.scalars(select(DataExport.file).where(DataExport.user_id == user_id, DataExport.file != "")):
        archives().delete(file)


def _forget_belongings(user_id: int) -> None:
    """Delete every row whose column `user_id` names the person, whichever room it is of, but for STAY."""
    for column in belongings():
        with transaction() as session:
            session.execute(delete(column.table).where(column == user_id))


def belongings() -> Iterator[Column[Any]]:
    """Yield the column `user_id` of every table whose rows go with the account; tables that others refer to last."""
    for table in reversed(db.metadata.sorted_tables):
        column = table.c.get("user_id")
        if column is not None and table.name not in STAY and column.references(User.__table__.c.id):
            yield column


def _forget_nameless_letters(person: User) -> None:
    """Delete letters that carry no number, because the address was not, or is no more, the person's: by their names."""
    former = select(NameChange.former).where(NameChange.user_id == person.id)
    names = {person.username, *db.session.scalars(former)} - {""}
    theirs = (Mail.address == person.email) | Mail.facts["username"].as_string().in_(names)
    db.session.execute(
        delete(Mail).where(Mail.user_id.is_(None), theirs), execution_options={"synchronize_session": False}
    )


def _forget_others_sides(user_id: int) -> None:
    """Who invited whom, and what others set about somebody who is not there any more."""
    with transaction() as session:
        session.execute(delete(Invitation).where(Invitation.inviter_id == user_id))
        session.execute(update(Invitation).where(Invitation.used_by_id == user_id).values(used_by_id=None))
        session.execute(update(User).where(User.invited_by_id == user_id).values(invited_by_id=None))
        session.execute(delete(Tie).where(Tie.other_id == user_id))
        asked = or_(ExpertInvitation.inviter_id == user_id, ExpertInvitation.expert_id == user_id)
        session.execute(delete(ExpertInvitation).where(asked))


def _finish(user_id: int) -> bool:
    """Owe the last letter in the person's language, and forget both that and the address; return True."""
    with transaction():
        person = locked(User, user_id)
        if person is None or person.leaving_at is None or not person.is_closed:
            return True
        if person.email:
            facts = {"choice": person.leaving_with}
            mails.owe("left", person.email, f"left:{user_id}", language=person.language, facts=facts)
        person.email, person.language, person.leaving_at, person.leaving_with = None, "", None, ""
    return True


def delete_now(user: User, choice: str, progress: Callable[[str], None]) -> None:
    """Delete an account at once: the operator at the console does it for somebody who can't sign in.

    A row of the public log says so. It is closed under the lock that saw that another administrator remains; if a
    worker completes the deletion meanwhile, nothing is left to do. Raises Conflict for the last administrator.
    """
    with transaction() as session:
        person = locked(User, user.id)
        if person is None:
            return
        if not person.is_closed:
            if people.is_last_admin(person):
                raise Conflict(LAST_ADMIN)
            person.leaving_at, person.leaving_with = now(), choice
            audit.record("account.deleted", by=None, target=f"person:{person.id}")
            session.flush()
            _close(person.id)
    complete(user.id, progress=progress)
