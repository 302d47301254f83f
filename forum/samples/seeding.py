"""Fills a forum with the sample content in one transaction: all of it is there, or nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forum.accounts import consents, documents, passwords, youth
from forum.accounts.models import PROFILE_PARTS, User
from forum.accounts.queries import email_key
from forum.answers import actions as questions
from forum.answers.models import ExpertInvitation
from forum.archive.importing import import_file
from forum.core.database import db, now, transaction
from forum.credentials.actions import Wanted, apply
from forum.experts.actions import Claim, grant
from forum.samples import PASSWORD
from forum.samples.lines import PREFIX, SampleFiles
from forum.subthemes.queries import by_slug
from forum.threads import actions, sources, staff_actions
from forum.threads.models import ChosenAnswer, Post, Revision, Thread
from forum.trust.models import ReadingDay, ThreadRead


class Samples:
    """The sample people and discussions as rows, by the names of the sample files."""

    def __init__(self, files: SampleFiles) -> None:
        self.files = files
        self.extras = files.extras

    def person(self, username: str) -> User:
        """Return the sample person, whose name may be another one here."""
        return self._row(User, self.files.source_of(username))

    def thread(self, thread_id: str) -> Thread:
        """Return the sample thread."""
        return self._row(Thread, PREFIX + thread_id)

    def post(self, post_id: str) -> Post:
        """Return the sample post."""
        return self._row(Post, PREFIX + post_id)

    @staticmethod
    def _row(model: Any, source_id: str) -> Any:
        return db.session.scalars(select(model).where(model.source_id == source_id)).one()


# What the rooms above add to the samples (flags, cases, decisions), called in the same transaction.
extra_steps: list[Callable[[Samples], None]] = []


def seed() -> bool:
    """Fill in the sample content; return False when it is there already. Safe to kill and to repeat."""
    if db.session.scalar(select(User.id).where(User.source_id.startswith(PREFIX)).limit(1)):
        return False
    files = SampleFiles()
    password = passwords.hash_password(PASSWORD)
    samples = Samples(files)
    with transaction():
        _import(line for line in files.to_import() if line["kind"] == "person")
        _open_accounts(samples, password)
        _grant_credentials(samples)
        _import(files.to_import())
        for step in (
            _pin,
            _ask,
            _give_sources,
            _edit,
            _delete,
            _write_held,
            _read,
            _apply,
            *extra_steps,
        ):
            step(samples)
    return True


def is_empty() -> bool:
    """Whether nobody has written anything yet."""
    return db.session.scalar(select(Post.id).limit(1)) is None


def accounts() -> list[User]:
    """Return the sample accounts, staff and experts first."""
    people = db.session.scalars(select(User).where(User.source_id.startswith(PREFIX)).order_by(User.id)).all()
    return sorted(people, key=lambda person: (not person.is_moderator, not person.is_expert))


def _import(lines: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "samples.jsonl"
        file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
        import_file(file, trust_roles=True)


def _open_accounts(samples: Samples, password_hash: str) -> None:
    """Give the imported people what no import gives: an address, a password, an age and the trust they have earned."""
    for extra in samples.extras["accounts"]:
        person = samples.person(extra["username"])
        person.email, person.password_hash = extra["email"], password_hash
        taken = select(User.id).where(User.email_key == email_key(extra["email"]))
        person.email_key = None if db.session.scalar(taken) else email_key(extra["email"])
        person.language, person.timezone = extra["language"], extra["timezone"]
        person.age_band, person.trust_level = extra["age"], extra["trust"]
        if youth.care_of(person).is_minor:
            person.private = list(PROFILE_PARTS)  # as their account would have been made
        consents.give(person, documents.versions(""), person.language)


def _grant_credentials(samples: Samples) -> None:
    """Before the posts come: the answers among them wear what their authors hold."""
    for extra in samples.extras["credentials"]:
        subtheme = by_slug(extra["subtheme"])
        assert subtheme, "flask setup has made it"
        until = samples.files.day(extra["until"])
        person = samples.person(extra["username"])
        credential = grant(person, subtheme, extra["title"], extra["organization"], until, by=None, claim=_claim(extra))
        credential.granted_at = samples.files.moment(extra["granted"])


def _claim(extra: Mapping[str, Any]) -> Claim:
    return Claim(extra["sector"], extra["interests"], extra["languages"])


def _apply(samples: Samples) -> None:
    """Somebody wants a credential, and a moderator is to look."""
    for extra in samples.extras["applications"]:
        subtheme = by_slug(extra["subtheme"])
        assert subtheme, "flask setup has made it"
        title, organization = extra["title"], extra["organization"]
        wanted = Wanted(title, organization, _claim(extra), extra["evidence"], tuple(extra["links"]))
        application = apply(subtheme, wanted, by=samples.person(extra["username"]))
        application.asked_at = samples.files.moment(extra["asked"])


def _pin(samples: Samples) -> None:
    for extra in samples.extras["pins"]:
        thread = samples.thread(extra["thread"])
        staff_actions.pin(thread, by=samples.person(extra["by"]))
        thread.pinned_at = samples.files.moment(extra["at"])


def _ask(samples: Samples) -> None:
    for extra in samples.extras["questions"]:
        thread = samples.thread(extra["thread"])
        questions.ask(thread, by=thread.author)
        thread.asked_at = samples.files.moment(extra["at"])
        if extra["answer"]:
            questions.choose(samples.post(extra["answer"]), by=thread.author)
            chosen = db.session.get_one(ChosenAnswer, thread.id)
            chosen.chosen_at = samples.files.moment(extra["chosen"])
    for extra in samples.extras["expert_invitations"]:  # without a notice: it concerns nobody today
        invitation = ExpertInvitation(thread_id=samples.thread(extra["thread"]).id)
        invitation.inviter_id, invitation.expert_id = (samples.person(extra[who]).id for who in ("by", "expert"))
        invitation.created_at = samples.files.moment(extra["at"])
        db.session.add(invitation)


def _give_sources(samples: Samples) -> None:
    for extra in samples.extras["sources"]:
        samples.post(extra["post"]).sources = sources.clean(extra["listed"])


def _edit(samples: Samples) -> None:
    for extra in samples.extras["edits"]:
        post, note = samples.post(extra["post"]), extra.get("note", "")
        actions.edit_post(post, by=post.author, body=samples.files.post(extra["post"])["body"], note=note)
        post.edited_at = samples.files.moment(extra["at"])
        if note:  # whom it concerned has heard of it
            post.corrected_at = post.correction_told_at = post.edited_at
        former = db.session.scalars(select(Revision).where(Revision.post_id == post.id)).one()
        former.replaced_at = post.edited_at


def _read(samples: Samples) -> None:
    """Give everybody the days of reading by which their trust was earned, spread over the time since they joined."""
    today = now().date()
    for extra in samples.extras["accounts"]:
        person, days = samples.person(extra["username"]), extra["days"]
        since = (today - person.created_at.date()).days
        db.session.add_all(
            ReadingDay(
                user_id=person.id,
                day=today - timedelta(days=number * since // days),
                threads=1 + number % 3,
                posts=6 + number * 7 % 5,
                seconds=60 * (5 + number * 3 % 7),
            )
            for number in range(days)
        )
        db.session.add_all(
            ThreadRead(user_id=person.id, thread_id=each.id, position=each.last_position)
            for each in _written_in(person)
        )


def _written_in(person: User) -> Sequence[Thread]:
    """Return the threads with a post of theirs that is in its place: these they have read to the end."""
    theirs = select(Post.thread_id).where(Post.author_id == person.id, Post.position.is_not(None))
    return db.session.scalars(select(Thread).where(Thread.id.in_(theirs))).all()


def _delete(samples: Samples) -> None:
    for extra in samples.extras["deleted"]:
        post = samples.post(extra["post"])
        actions.delete_post(post, by=samples.person(extra["by"]))
        post.state_at = samples.files.moment(extra["at"])


def _write_held(samples: Samples) -> None:
    """A newcomer's post goes the way of all posts, and is held on it."""
    for extra in samples.extras["held"]:
        line = samples.files.post(extra["post"])
        author = db.session.scalars(select(User).where(User.source_id == PREFIX + line["author"])).one()
        parent = samples.post(line["parent"]) if line.get("parent") else None
        post = actions.post_reply(samples.thread(line["thread"]), author, line["body"], parent=parent)
        post.created_at = post.state_at = samples.files.moment(line["created"])
        post.source_id = PREFIX + line["id"]
