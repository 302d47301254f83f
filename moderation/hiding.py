"""Hiding a post because of flags, until a moderator has looked: when the program does it, and how it ends.

What the program may hide is narrow on purpose, and all of it can be seen by moderators: the post stands in the open
case at the top of their queue. Whose posts it never hides, and why: those of moderators and admins, who answer for
them at the desk; experts' answers and the opening of a pinned thread, which a moderator has put where they are; the
opening of a thread with replies, since other people's words would go with it; and a text that a moderator has decided
about already, however that ended. Nor is anything hidden by flags on a thread as a whole or on a profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import current_app

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import now, transaction
from forum.notifications.actions import tell
from forum.threads import states
from forum.threads.models import BY_FLAGS, Post
from forum.threads.states import Former
from moderation import queries, rules
from moderation.effects import posts
from moderation.effects.shape import scope_of
from moderation.models import Case, Source

ACT = "post.hidden_by_program"


def numbers() -> Mapping[str, int]:
    """Return the numbers of config.HIDING as this forum has them."""
    found: Mapping[str, int] = current_app.config["HIDING"]
    return found


def hide_if_due(case: Case, post: Post) -> bool:
    """Hide the flagged post if enough independent people with a good record have flagged this text; say whether it was.

    Joins the caller's transaction, which holds the thread's lock: of two flags at once the second finds it done.
    """
    needed = numbers()
    if not needed["PEOPLE"] or not _may_be_hidden(case, post, needed) or not _weighs_enough(case, post, needed):
        return False
    if queries.was_decided_about(post.id, post.revision):
        return False
    with transaction():
        case.hidden_at, case.before_hiding = now(), _standing(post)
        states.hide_post(post, by=None, rule=BY_FLAGS)
        rule = queries.flag_sums([case.id])[case.id][0].reason
        facts = {"case": case.id, "source": str(case.source), "rules": rules.version(), "automatic": True}
        audit.record(ACT, by=None, rule=rule, scope=scope_of(case), target=f"post:{post.id}", facts=facts)
        tell(case.author_id, "hidden_by_flags", f"hidden:{case.id}", post_id=post.id, facts={"rule": rule})
        return True


def lift(case: Case, post: Post, by: User) -> bool:
    """Let a post that the program has hidden stand exactly as before, for `by` decides now; return whether it was so.

    The decision that follows in the same transaction finds the post as if it had never been hidden. Where another one
    that stands wants it out of sight, it stays so for that one.
    """
    if case.hidden_at is None or not post.is_hidden_by_flags:
        return False  # never hidden, or deleted by its author meanwhile
    former = case.before_hiding
    at = datetime.fromisoformat(former["at"]) if former["at"] else None
    before = Former(former["state"], former["reason"], at, former["by"])
    return states.put_back(post, posts.inherited(post.id, before), by)


def _standing(post: Post) -> dict[str, object]:
    at = post.state_at.isoformat() if post.state_at else None
    return {"state": str(post.state), "reason": post.state_reason, "at": at, "by": post.state_by_id}


def _may_be_hidden(case: Case, post: Post, needed: Mapping[str, int]) -> bool:
    """Whether this is a post that the program may hide at all (see above)."""
    if case.source == Source.SCREENING or case.hidden_at or not post.is_visible or post.author.is_staff:
        return False
    if post.credential_id or (post.is_opening and post.thread.is_pinned):
        return False
    return not post.is_opening or post.thread.reply_count <= needed["REPLIES_MOST"]


def _weighs_enough(case: Case, post: Post, needed: Mapping[str, int]) -> bool:
    """Whether the flags on this text are of so many people, nobody alike, and weigh so much together."""
    trusts = queries.trusted_of(case.id, post.revision)
    return len(trusts) >= needed["PEOPLE"] and sum(trusts) >= needed["WEIGHT"]
