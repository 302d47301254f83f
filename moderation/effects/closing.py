"""Close an account for spam: suspended for good, and all its posts go; what the database can't do at once, in steps."""

from __future__ import annotations

from forum.accounts import actions as accounts
from forum.accounts.models import User
from forum.core.i18n import FOR_GOOD
from forum.threads import states
from forum.threads.models import Post
from moderation.closures import owing, queries
from moderation.effects import people
from moderation.effects.shape import Done, Effect, Order, log
from moderation.models import Case, Decision, Kind


def _close(case: Case, post: Post, by: User, order: Order) -> Done:
    count = queries.count_standing(case.author_id)
    accounts.suspend(case.author, FOR_GOOD, by=by)  # first: it locks both people in the order of their ids
    states.remove_post(post, by=by, rule=order.rule)
    done = log("person.closed", case, by, order.rule, target=f"person:{case.author_id}", posts=count)
    return Done(done.act, facts={"posts": count})


def _begin(decision: Decision) -> None:
    owing.begin(decision, int(decision.facts["posts"]))


def _open_again(decision: Decision, by: User) -> None:
    people.unsuspend(decision, by)
    owing.turn_back(decision)


CLOSE = Effect(_close, _open_again, (Kind.POST,), then=_begin)
