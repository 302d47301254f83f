"""Edit out: something is cut out of the post; the case keeps the former text until nobody can appeal any more."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import now
from forum.core.errors import Conflict
from forum.threads import redaction
from forum.threads.models import Post, State
from moderation import queries
from moderation.appeals.models import POSSIBLE_FOR
from moderation.effects.shape import Done, Effect, Order, log
from moderation.models import Case, Decision, Kind


def _edit_out(case: Case, post: Post, by: User, order: Order) -> Done:
    assert order.details.cut is not None  # whoever decides has seen to it
    if post.state == State.DELETED:
        return log("post.condemned", case, by, order.rule)
    undo = redaction.redact(post, order.details.cut, by=by, rule=order.rule)
    if undo is None:
        raise Conflict(_l("The author changed the post while you were looking at it. Please look again."))
    case.forget_at = now() + POSSIBLE_FOR
    return replace(log("post.redacted", case, by, order.rule), undo=undo)


def _put_back(decision: Decision, _by: User) -> None:
    """Let the post say what it said, unless its author has changed it since; another cut that stands keeps its mark."""
    case = decision.case
    if not case.author.is_closed:
        case.forget_at = None
    if "redacted" not in decision.undo:
        return
    others = [each for each in queries.redactions_of(case.post_id) if each.stands and each.id != decision.id]
    latest = max(others, key=lambda each: int(each.undo["redacted"]), default=None)
    standing = (int(latest.undo["redacted"]), latest.rule) if latest else None
    redaction.put_back(case.post, decision.undo, standing)
    decision.undo = {**decision.undo, "former": None}  # it has served: what stays of a decision stays for ever


EDIT_OUT = Effect(_edit_out, _put_back, (Kind.POST,))
