"""Purging a post: everything that the database holds of its words, in one transaction; files follow (sweeping)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from forum.accounts.models import User
from forum.accounts.queries import admin_remains
from forum.core import audit, jobs
from forum.core.database import db, locked, must_lock, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.core.text import REASON_LIMIT
from forum.threads import purging
from forum.threads.departing import NO_TITLE
from forum.threads.models import Post, Thread
from moderation import kinship
from moderation.appeals.evidence import BLANK
from moderation.models import Case, Decision
from moderation.purging import about, elsewhere, policy, queries
from moderation.purging.models import Ground, Purge
from moderation.purging.sweeping import sweep_purges

_FORMER_TEXTS = frozenset({"redacted", "former"})  # of Decision.undo (effects.redacting)


def purge(post_id: int, by: User, ground: str, reason: str, words: str = "") -> Purge:
    """Take the words of a removed or deleted post away for good and return the purge.

    Text, former texts, mentions, the copies in its cases, and all that notes, reasons and appeals say about it go at
    once, and so does what was written about other posts and holds one of `words`, one a line; quotes of it, search
    index, the database's own leftovers and people's archives follow in the worker. Nothing brings it back. Repeating
    it takes away what was written about the post since, if anything was; ground and reason stay the first ones.
    Raises NotFound; Forbidden for others than admins and, where there is another admin, for one's own post; Refused
    for a post that can still be seen, without ground or reason, or for words that won't do (elsewhere).
    """
    if not policy.may_purge(by):
        raise Forbidden
    found = elsewhere.find(words, post_id)
    with transaction() as session:
        post = _locked(post_id)
        _check(post, by)
        made = queries.purge_of(post.id)
        taken = about.take(post.id) + elsewhere.take(found)
        if made is None:
            if any(each.casefold() in reason.casefold() for each in found.words):
                raise Refused(_l("The reason repeats one of the words, and it is kept. Say it without them."))
            made = _made(post, by, ground, reason)
        elif taken:
            made.by_id, made.purged_at, made.swept_at = by.id, now(), None
        else:
            return made
        facts = {"ground": made.ground}
        audit.record("post.purged", by=by, scope=post.thread.subtheme.slug, target=f"post:{post.id}", facts=facts)
        session.flush()
    jobs.enqueue(sweep_purges)
    return made


def _check(post: Post, by: User) -> None:
    said = policy.why_not(by, post, is_alone=not admin_remains(but_for=by.id))
    if said is not None:
        raise Forbidden(said) if post.author_id == by.id else Refused(said)


def _made(post: Post, by: User, ground: str, reason: str) -> Purge:
    if ground not in set(Ground) or not reason or len(reason) > REASON_LIMIT:
        raise Refused(_l("Choose the ground, and say why in words for the other administrators."))
    with transaction() as session:
        with_title = purging.take_words(post)
        _forget_copies(post, with_title)
        made = Purge(post_id=post.id, by_id=by.id, ground=ground, reason=reason, purged_at=now())
        session.add(made)
        return made


def _locked(post_id: int) -> Post:
    found = queries.post_in_full(post_id)
    if found is None or locked(Thread, found.thread_id) is None:
        raise NotFound
    post = must_lock(Post, post_id)
    db.session.execute(select(Case.id).where(Case.post_id == post_id).order_by(Case.id).with_for_update())
    return post  # and nobody is noting anything about it


def _forget_copies(post: Post, with_title: bool) -> None:
    """Blank what cases keep of the post as evidence, and the title in the cases of its whole thread."""
    with transaction() as session:
        words = {name: value for name, value in BLANK.items() if name != "frozen_title"}
        session.execute(update(Case).where(Case.post_id == post.id).values(**words))
        for case_id in session.scalars(select(Case.id).where(Case.post_id == post.id)).all():
            kinship.forget_of_case(case_id)
        for made in session.scalars(select(Decision).join(Case).where(Case.post_id == post.id)):
            if not _FORMER_TEXTS.isdisjoint(made.undo):  # what a cut would put back
                made.undo = {name: value for name, value in made.undo.items() if name not in _FORMER_TEXTS}
        if with_title:
            there = select(Post.id).where(Post.thread_id == post.thread_id)
            session.execute(update(Case).where(Case.post_id.in_(there)).values(frozen_title=NO_TITLE))
