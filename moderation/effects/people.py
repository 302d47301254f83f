"""What outcomes do to the author: warn, silence, suspend; and ending what one decision alone made last so long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from forum.accounts import silences, suspensions
from forum.accounts.models import User
from forum.core.database import locked, now
from forum.threads.models import Post
from moderation.effects import posts, queries
from moderation.effects.shape import Done, Effect, Order, log, moment
from moderation.models import Case, Decision, Kind
from moderation.reports import queries as reports
from moderation.reports.models import MessageReport


def _warn(case: Case, _post: Post, by: User, order: Order) -> Done:
    return log("person.warned", case, by, order.rule, target=f"person:{case.author_id}")


def _nothing(_decision: Decision, _by: User) -> None:
    """A warning changed no row but those of the record."""


def _silence(case: Case, post: Post, by: User, order: Order) -> Done:
    assert order.until is not None  # whoever decides has seen to it
    silences.silence(case.author, order.until, by=by)  # first: it locks both people in the order of their ids
    posts.remove(case, post, by, order)
    return _log_end("person.silenced", case, by, order)


def silence(case: Case, by: User, order: Order) -> Done:
    """Silence the author and do nothing else."""
    assert order.until is not None  # whoever decides has seen to it
    silences.silence(case.author, order.until, by=by)
    return _log_end("person.silenced", case, by, order)


def _suspend(case: Case, post: Post, by: User, order: Order) -> Done:
    assert order.until is not None  # whoever decides has seen to it
    suspensions.suspend(case.author, order.until, by=by)  # first: it locks both people in the order of their ids
    posts.remove(case, post, by, order)
    return _log_end("person.suspended", case, by, order)


def suspend(case: Case, by: User, order: Order) -> Done:
    """Suspend the author and do nothing else."""
    assert order.until is not None  # whoever decides has seen to it
    suspensions.suspend(case.author, order.until, by=by)
    return _log_end("person.suspended", case, by, order)


def _log_end(act: str, case: Case, by: User, order: Order) -> Done:
    assert order.until is not None
    days = max(1, round((order.until - now()) / timedelta(days=1)))
    return log(act, case, by, order.rule, target=f"person:{case.author_id}", days=days)


def _unsilence(decision: Decision, by: User) -> None:
    """Give the post back, and end the silence as far as this decision alone made it last."""
    author = locked_author(decision, by)
    posts.put_back(decision, by)
    end_silence(decision, author, by)


def end_silence(decision: Decision, author: User, by: User) -> None:
    """End the silence of the locked author as far as this decision alone made it last."""
    ends_now = author.silenced_until
    if ends_now is None or decision.silenced_until is None or ends_now > decision.silenced_until:
        return
    others = [each for each in queries.silences_of(author.id) if each.id != decision.id]
    silences.shorten(author, _latest(each.silenced_until for each in others if each.stands), by)


def unsuspend(decision: Decision, by: User) -> None:
    """Give the post back, and end the suspension as far as this decision alone made it last."""
    author = locked_author(decision, by)
    posts.put_back(decision, by)
    end_suspension(decision, author, by)


def end_suspension(decision: Decision | MessageReport, author: User, by: User) -> None:
    """End the suspension of the locked author as far as this decision, also about messages, alone made it last."""
    ends_now = author.suspended_until
    if ends_now is None or decision.suspended_until is None or ends_now > decision.suspended_until:
        return  # it is over already, or something else makes it last longer
    suspensions.shorten(author, _end_without(decision, author.id), by)


def locked_author(decision: Decision, by: User) -> User:
    """Return the author, locked as `locked_person` does."""
    return locked_person(decision.case.author_id, by)


def locked_person(person_id: int, by: User) -> User:
    """Return the person, locked together with `by` in the order of their ids, as `accounts` locks them."""
    first, second = (locked(User, row_id) for row_id in sorted((person_id, by.id)))
    return next(each for each in (first, second) if each is not None and each.id == person_id)


def _end_without(decision: Decision | MessageReport, author_id: int) -> datetime | None:
    """Return until when the author is suspended without this decision: the latest end that anything else still sets.

    Beside decisions that stand there may have been a suspension that no decision of ours ordered: what the first of
    them found.
    """
    of_cases, of_messages = queries.suspensions_of(author_id), reports.suspensions_of(author_id)
    all_of_them: list[Decision | MessageReport] = [*of_cases, *of_messages]
    standing = {each.suspended_until for each in all_of_them if each.stands and each is not decision}
    ordered = {each.suspended_until for each in all_of_them}
    found = {moment(each.undo.get("suspended_until")) for each in of_cases}
    found |= {each.found_until for each in of_messages}
    return _latest(standing | (found - ordered))


def _latest(ends: Iterable[datetime | None]) -> datetime | None:
    """Return the latest end that has not come yet, or None."""
    return max((end for end in ends if end is not None and end > now()), default=None)


_ON_POSTS = (Kind.POST, Kind.THREAD)
WARN = Effect(_warn, _nothing, _ON_POSTS)
SILENCE = Effect(_silence, _unsilence, _ON_POSTS)
SUSPEND = Effect(_suspend, unsuspend, _ON_POSTS)
