"""Close an account for spam: suspended for good, and all its posts go; what the database can't do at once, in steps."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from forum.accounts import suspensions
from forum.accounts.models import User
from forum.core.errors import Conflict
from forum.core.i18n import FOR_GOOD
from forum.threads import states
from forum.threads.models import Post
from moderation.closures import owing, queries
from moderation.effects import people, profiles
from moderation.effects.shape import Done, Effect, Order, log
from moderation.models import Case, Decision, Kind


def _close(case: Case, post: Post, by: User, order: Order) -> Done:
    count = _count(case)
    suspensions.suspend(case.author, FOR_GOOD, by=by)
    states.remove_post(post, by=by, rule=order.rule)
    return _log(case, by, order, count)


def _close_for_profile(case: Case, person: User, by: User, order: Order) -> Done:
    count = _count(case)
    cleared = profiles.clear(case, person, by, replace(order, parts=order.parts or None))
    suspensions.suspend(case.author, FOR_GOOD, by=by)
    return replace(_log(case, by, order, count), undo=cleared.undo)


def _count(case: Case) -> int:
    """Return how many posts go; raise Conflict where another case has closed the account: it goes once."""
    if queries.is_closing(case.author_id):
        raise Conflict(_l("Somebody has decided about this account meanwhile."))
    return queries.count_standing(case.author_id)


def _log(case: Case, by: User, order: Order, count: int) -> Done:
    done = log("person.closed", case, by, order.rule, target=f"person:{case.author_id}", posts=count)
    return Done(done.act, facts={"posts": count})


def _begin(decision: Decision) -> None:
    owing.begin(decision, int(decision.facts["posts"]))


def _open_again(decision: Decision, by: User) -> None:
    people.unsuspend(decision, by)
    owing.turn_back(decision)


def _open_profile_again(decision: Decision, by: User) -> None:
    profiles.unsuspend(decision, by)
    owing.turn_back(decision)


CLOSE = Effect(_close, _open_again, (Kind.POST, Kind.THREAD), then=_begin)
CLOSE_FOR_PROFILE = Effect(_close_for_profile, _open_profile_again, profiles.ONLY, then=_begin)
