"""Where a text can’t wait for a moderator, in messages, names and profiles: what may not stand there is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts import screening as accounts
from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.plugs import fill
from forum.messages import screening as messages
from forum.messages.models import Conversation
from moderation.screens import queries
from moderation.screens.compiled import Match
from moderation.screens.counting import count_hits
from moderation.screens.models import Action
from moderation.screens.prepared import Text
from moderation.screens.repeats import is_watched, numbers
from moderation.screens.words import is_trusted, why_refused


def why_not_about_oneself(person: User | None, words: Iterable[str], links: Iterable[str] = ()) -> Any | None:
    """Say why a name, or words about oneself, can't stand: a watched word or domain that is held or refused."""
    if person is not None and is_trusted(person):
        return None
    return _why_not("\n".join(words), links, {Action.REFUSE, Action.HOLD})


def why_not_message(by: User, words: str, links: Iterable[str]) -> Any | None:
    """Say why a message can't be sent: a word that is refused, or a watched domain."""
    if is_trusted(by):
        return None
    met = _met(words, links)
    hosts = {rule.id for rule in queries.book().hosts.values()}
    return _told(one for one in met if one.rule.action == Action.REFUSE or (_holds(one) and one.rule.id in hosts))


def why_not_start(by: User) -> Any | None:
    """Say why somebody below a trust level can't start another conversation now: they have begun many."""
    if not is_watched(by):
        return None
    since = now() - timedelta(minutes=numbers()["BURST_MINUTES"])
    latest = select(Conversation.created_at).where(Conversation.started_by_id == by.id)
    rows = db.session.scalars(latest.order_by(Conversation.id.desc()).limit(numbers()["BURST_TALKS"])).all()
    if len(rows) < numbers()["BURST_TALKS"] or min(rows) < since:
        return None
    return _l(
        "You have started %(count)s conversations within a few minutes. Please wait %(minutes)s minutes.",
        count=len(rows),
        minutes=numbers()["BURST_MINUTES"],
    )


def plug_in() -> None:
    """Put ourselves into the plugs of accounts and messages."""
    fill(accounts.objectors, why_not_about_oneself)
    fill(messages.objectors, why_not_message)
    fill(messages.start_objectors, why_not_start)


def _why_not(words: str, links: Iterable[str], actions: set[Action]) -> Any | None:
    return _told(one for one in _met(words, links) if one.rule.action in actions)


def _met(words: str, links: Iterable[str]) -> list[Match]:
    book = queries.book()
    return [] if book.is_empty else book.matches(Text(words), links)


def _holds(match: Match) -> bool:
    return match.rule.action == Action.HOLD


def _told(met: Iterable[Match]) -> Any | None:
    """Return why the first one stands in the way, and count them all; None for none."""
    found = list(met)
    if not found:
        return None
    with transaction():
        count_hits(tuple({"id": one.rule.id} for one in found))
    return why_refused(found[0].rule.rule)
