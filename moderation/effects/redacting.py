"""Edit out: something is cut out of the post; the case keeps the former text until nobody can appeal any more."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.config import APPEAL_WINDOW
from forum.core.database import now
from forum.core.errors import Conflict
from forum.threads import redaction
from forum.threads.models import Post, State
from moderation.effects import queries
from moderation.effects.shape import Done, Effect, Order, log
from moderation.models import Case, Decision, Kind


def _edit_out(case: Case, post: Post, by: User, order: Order) -> Done:
    assert order.details.cut is not None  # whoever decides has seen to it
    if post.state == State.DELETED:
        return log("post.condemned", case, by, order.rule)
    undo = redaction.redact(post, order.details.cut, by=by, rule=order.rule)
    if undo is None:
        raise Conflict(_l("The author changed the post while you were looking at it. Please look again."))
    case.forget_at = now() + APPEAL_WINDOW
    return replace(log("post.redacted", case, by, order.rule), undo=undo)


def _put_back(decision: Decision, _by: User) -> None:
    """Let the post say what it said before the cuts on top that stand no more, unless its author has changed it since.

    A cut under another one that stands comes back with that one.
    """
    case = decision.case
    if not case.author.is_closed:
        case.forget_at = None
    if "redacted" not in decision.undo:
        return
    cuts = [_made(each, decision) for each in queries.redactions_of(case.post_id)]
    back = redaction.put_back(case.the_post, cuts)
    if back is not None:
        decision.undo = {**decision.undo, "back": back}
    last = max((cut.number for cut in cuts if cut.stands), default=0)
    for each in queries.redactions_of(case.post_id):
        if each.undo["redacted"] > last:  # it has served: what stays of a decision stays for ever
            each.undo = {**each.undo, "former": None}


def _made(each: Decision, taken_back: Decision) -> redaction.Made:
    undo, stands = each.undo, each.stands and each.id != taken_back.id
    back = tuple(undo["back"]) if undo.get("back") else None
    return redaction.Made(undo["redacted"], each.rule, stands, undo.get("former"), back)


EDIT_OUT = Effect(_edit_out, _put_back, (Kind.POST,))
