"""What outcomes do to the post itself: keep, hide, remove; and letting it stand again as it did.

The author may have deleted the post meanwhile: it stays deleted, and the log says only how it was judged.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.accounts import approvals
from forum.accounts.models import Standing, User
from forum.core.database import locked
from forum.core.errors import Conflict, Refused
from forum.threads import states
from forum.threads.models import BY_FLAGS, Post, State
from forum.threads.states import Former
from moderation.closures import owing
from moderation.effects import queries
from moderation.effects.shape import Done, Effect, Order, log, moment
from moderation.models import Case, Decision, Kind, Source
from moderation.purging import queries as purging

_OUT_OF_SIGHT = (State.HIDDEN, State.REMOVED)


def _keep(case: Case, post: Post, by: User, _order: Order) -> Done:
    if post.state == State.DELETED:
        return log("post.acquitted", case, by)
    if case.source == Source.SCREENING and post.state == State.HELD:
        _check_author(case.author_id)
    if case.source == Source.SCREENING and case.author.standing == Standing.WAITING:
        approvals.approve(case.author_id, by)  # whoever lets the text through lets its author in
    published = case.source == Source.SCREENING and states.publish_held(post, by=by)
    return log("post.approved" if published else "post.kept", case, by)


def _check_author(author_id: int) -> None:
    """Nothing is published for an account that was refused or has left: nobody answers for it."""
    author = locked(User, author_id)
    if author is None or author.is_closed:
        raise Conflict(_l("Somebody has decided about this account meanwhile."))


def _unkeep(decision: Decision, _by: User) -> None:
    if decision.undo.get("state"):
        raise Refused(_l("The post was published by this decision and has been read. Decide about it anew instead."))


def _hide(case: Case, post: Post, by: User, order: Order) -> Done:
    changed = states.hide_post(post, by=by, rule=order.rule)
    return log("post.hidden" if changed else "post.condemned", case, by, order.rule)


def remove(case: Case, post: Post, by: User, order: Order) -> Done:
    """Take the post away from all but moderators."""
    changed = states.remove_post(post, by=by, rule=order.rule)
    return log("post.removed" if changed else "post.condemned", case, by, order.rule)


def put_back(decision: Decision, by: User) -> None:
    """Let the post stand as it did, in its place. Words whose author has left and taken them back stay taken back.

    A held post is published, its author's account approved with it; for an account that is closed nothing is published.
    A post whose words were purged stays out of sight: there is nothing to put back.
    """
    post, author = decision.case.the_post, decision.case.author
    former = _state_before(decision)
    if former is None or (former.state == State.HELD and author.is_closed):
        return
    if not post.body and purging.is_purged(post.id):
        return
    if former.state != State.REMOVED and owing.stand_later(post, former, decision):
        return
    if former.state == State.HELD and author.standing == Standing.WAITING:
        approvals.approve(author.id, by)
    states.put_back(post, former, by)
    if not post.body or decision.case.forget_at is not None:
        states.delete(post, author)


def _state_before(decision: Decision) -> Former | None:
    """Return how the post is to stand without this decision, or None where the decision isn't what keeps it there.

    Another decision that still stands keeps it where it is, also one that found it out of sight and changed nothing:
    it is then what keeps it so. What a decision found that has itself been overturned since is no state to go back to;
    then it is what that one found.
    """
    changes = queries.state_changes_of(decision.case.post_id)  # latest first
    latest = next((each for each in changes if each.stands), None)
    if latest is None or latest.id != decision.id or decision.case.the_post.state not in _OUT_OF_SIGHT:
        return None
    former = _former(decision)
    for earlier in changes[changes.index(latest) + 1 :]:
        if former.state not in _OUT_OF_SIGHT or earlier.stands:
            break
        former = _former(earlier)
    return inherited(decision.case.post_id, _without_the_program(decision, former), but=decision)


def inherited(post_id: int | None, former: Former, *, but: Decision | None = None) -> Former:
    """Return how a post stands that would stand as `former`, were there no decision that wants it further away.

    That decision remembers `former` from now on, as if it had found the post so. Joins the caller's transaction.
    """
    others = [each for each in queries.wanting_out_of_sight(post_id) if but is None or each.id != but.id]
    heir = max(others, key=lambda each: (_distance(queries.WANTS[each.outcome]), each.id), default=None)
    if heir is None or _distance(queries.WANTS[heir.outcome]) <= _distance(former.state):
        return former
    at = former.at.isoformat() if former.at else None
    heir.undo = {
        **heir.undo, "state": former.state, "state_reason": former.reason, "state_at": at, "state_by": former.by_id,
    }  # fmt: skip
    return Former(queries.WANTS[heir.outcome], heir.rule, heir.decided_at, heir.decider_id)


def _distance(state: str) -> int:
    return [State.HIDDEN, State.REMOVED].index(State(state)) if state in _OUT_OF_SIGHT else -1


def _without_the_program(decision: Decision, former: Former) -> Former:
    """Return how the post stood before the program hid it, where a moderator has decided about that since."""
    case = queries.hidden_by_program(decision.case.post_id) if former.reason == BY_FLAGS else None
    if case is None or case.is_open or case.before_hiding is None:
        return former
    before = case.before_hiding
    return Former(before["state"], before["reason"], moment(before["at"]), before["by"])


def _former(decision: Decision) -> Former:
    undo = decision.undo
    return Former(undo["state"], undo["state_reason"], moment(undo["state_at"]), undo["state_by"])


_ON_POSTS = (Kind.POST, Kind.THREAD)  # a thread stands and falls with its opening post
KEEP = Effect(_keep, _unkeep, _ON_POSTS)
HIDE = Effect(_hide, put_back, _ON_POSTS)
REMOVE = Effect(remove, put_back, _ON_POSTS)
