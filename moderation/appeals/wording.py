"""The words about appeals: what is offered to whoever decides them, acts of the public log, notices, waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import db, now
from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post, Thread
from forum.threads.models import State as PostState
from forum.threads.staff_actions import standing
from moderation import outcomes
from moderation.appeals.answering import OVERTURN, UPHOLD
from moderation.appeals.models import Appeal, State
from moderation.appeals.queries import Bench
from moderation.effects import threads
from moderation.models import Case, Decision, Outcome
from moderation.outcomes import Groups
from moderation.policy import ABOUT_THREAD, sees_case, sees_desk, sees_everything
from moderation.rules import name_of
from moderation.subjects import notices
from moderation.subjects import words as subjects

STATES: dict[str, Any] = {
    State.OPEN: _l("Waits for an answer"),
    State.UPHELD: _l("The decision stands"),
    State.OVERTURNED: _l("The decision was overturned"),
}
AGAINST_AUTHOR: dict[str, Any] = {
    UPHOLD: _l("The decision stands"),
    OVERTURN: _l("Overturn it: everything is as it was before"),
}
AGAINST_KEEP: dict[str, Any] = {
    UPHOLD: _l("The decision stands: the post is kept"),
    Outcome.HIDE: _l("Overturn it: hide the post"),
    Outcome.REMOVE: _l("Overturn it: remove the post"),
    Outcome.WARN: _l("Overturn it: warn the author, keep the post visible"),
    Outcome.SILENCE: _l("Overturn it: remove the post and silence the author"),
    Outcome.SUSPEND: _l("Overturn it: remove the post and suspend the author"),
    Outcome.EDIT_OUT: _l("Overturn it: edit something out of the post"),
    **subjects.TO_THREAD_AFTER_KEEP,
}


def against_keep(kind: str) -> dict[str, Any]:
    """Return what may be answered to an appeal against a decision to keep."""
    return subjects.AGAINST_KEEP.get(kind, AGAINST_KEEP)


def groups(case: Case) -> Groups:
    """Return how the form of an answer groups what may be answered about this case."""
    return ((_l("The answer"), (UPHOLD, OVERTURN)), *outcomes.groups(case))


ACTS = {
    "appeal.upheld": _l("After an appeal a decision was upheld"),
    "appeal.overturned": _l("After an appeal a decision was overturned"),
    "decision.undone": _l("A moderator took a decision back at once"),
}


def age(appeal: Appeal) -> str:
    """Return for how long an appeal waits, or waited: "3 days"."""
    return span((appeal.decided_at or now()) - appeal.created_at)


def span(length: timedelta) -> str:
    """Return a length of time in one unit, in the reader's language."""
    return str(format_timedelta(length, threshold=1.2))


def waits_for(bench: Bench) -> Any | None:
    """Say whom an open appeal waits for when no moderator is free to decide it, or None."""
    if bench.moderators:
        return None
    if bench.admins:
        return _l("There is no other moderator who could decide it, so it waits for an administrator.")
    return _l(
        "Nobody here may decide it: whoever could took the decision or is concerned. It waits until somebody else "
        "joins the moderators or the administrators."
    )


def what_became(decision: Decision) -> Any:
    """Say what an overturned decision left the post as, to its author."""
    if decision.outcome == Outcome.WARN:
        return _l("The warning counts no more.")
    if decision.outcome in ABOUT_THREAD:
        return _of_the_thread(decision, decision.case.the_post.thread)
    if (words := subjects.what_became(decision)) is not None:
        return words
    post: Post = decision.case.the_post
    if post.state == PostState.DELETED:
        return _l("The decision counts no more. The post stays deleted.")
    return _of_the_text(decision, post) if decision.outcome == Outcome.EDIT_OUT else _of_the_place(post, post.thread)


def _of_the_place(post: Post, thread: Thread) -> Any:
    if not post.is_visible:
        kept = _l("The decision counts no more. The post stays out of sight for another reason.")
        gone = _l("The decision counts no more. The words of the post were taken away for good and can’t come back.")
        return kept if post.body else gone
    if thread.state != PostState.VISIBLE:
        return _l("The post is back in its place, but its thread can't be seen by everybody at present.")
    if thread.is_locked or thread.subtheme.archived_at:
        return _l("The post is back in its place and can be seen by everybody. Its thread takes no replies any more.")
    return _l("The post is back in its place and can be seen by everybody.")


def _of_the_text(decision: Decision, post: Post) -> Any:
    """A text that was put back has a number of its own; what its author has changed since stays."""
    number = decision.undo.get("redacted", 0)
    if post.revision > number and post.edited_at and post.edited_at > decision.decided_at:
        if post.is_redacted:
            return _l("You have changed the post since, so your text stays. Another cut in it still stands.")
        return _l("You have changed the post since, so your text stays. Its former versions can be seen again.")
    if post.redacted_revision is not None and post.redacted_revision > number:
        return _l(
            "The decision counts no more. A later one, by which something was cut out, still stands, so the post "
            "stays as that one left it."
        )
    if post.is_redacted:
        return _l("The decision counts no more. Another one, by which something was cut out, still stands.")
    return _l("The post says again what it said before.")


def _of_the_thread(decision: Decision, thread: Thread) -> Any:
    after = decision.undo["after"]
    before = threads.before(decision)
    if standing(thread, before) == before:
        return _l("The thread is as it was before.")
    if standing(thread, after) == after:
        return _l("The decision counts no more. The thread stays where it is: the former sub-theme is closed.")
    return _l("The decision counts no more. Somebody has changed the thread since, so it stays as it is.")


# -- notices ---------------------------------------------------------------------------------------------------------


def _about(words: str, post: Post | None) -> str:
    return f"{words} ({post.thread.title})" if post else words


def said_decided(notice: Notification, post: Post | None) -> str:
    """Say to whoever appealed how it was answered."""
    if notice.facts.get("overturned"):
        return _about(_("Your appeal was right: the decision was overturned. Read the reply."), post)
    return _about(_("Your appeal was looked at, and the decision stands. Read the reply."), post)


def said_of_yours(notice: Notification, _post: Post | None) -> str:
    """Say to whoever took the decision how the appeal was answered."""
    if notice.facts.get("overturned"):
        return _("A decision of yours was looked at again after an appeal, and somebody else decided differently.")
    return _("A decision of yours was looked at again after an appeal, and it stands.")


def _reversed(notice: Notification, post: Post | None) -> str:
    if kind := notice.facts.get("about"):
        return _about(notices.taken_back(kind), post)
    return _about(_("A decision about your post was taken back. It counts no more."), post)


def _corrected(notice: Notification, post: Post | None) -> str:
    if kind := notice.facts.get("about"):
        return _about(notices.corrected(kind), post)
    return _about(_("A post that you flagged was looked at again. The decision against it was taken back."), post)


def _upheld_later(notice: Notification, post: Post | None) -> str:
    rule = name_of(str(notice.facts.get("rule", "")))
    if kind := notice.facts.get("about"):
        return _about(notices.upheld_later(kind, rule), post)
    words = _("A post that you flagged was looked at again: you were right. Rule: %(rule)s.", rule=rule)
    return _about(words, post)


def _appeal_href(notice: Notification, _post: Post | None) -> str:
    return url_for("appeals.own", decision_id=notice.facts["decision"])


def _decision_href(notice: Notification, _post: Post | None) -> str:
    return url_for("flags.decision", decision_id=notice.facts["decision"])


def _post_href(_notice: Notification, post: Post | None) -> str | None:
    return url_for("posts.show", post_id=post.id) if post else None


KINDS = {
    "appeal_decided": Kind("shield", said_decided, _appeal_href),  # a letter of its own brings the reply
    "appeal_of_yours": Kind("shield", said_of_yours, lambda notice, _post: _staff_href(notice)),
    "decision_reversed": Kind("shield", _reversed, _decision_href, mail="notices"),
    "flag_corrected": Kind("flag", _corrected, _post_href),
    "flag_upheld_later": Kind("flag", _upheld_later, _post_href),
}


def _staff_href(notice: Notification) -> str | None:
    """Lead whoever may read appeals to the appeal, a sub-theme's moderators to their decision, others nowhere."""
    reader = db.session.get(User, notice.user_id)  # who reads the page is loaded already
    if reader is None or not sees_desk(reader):
        return None
    if sees_everything(reader):
        return _appeal_at_the_desk(notice)
    decision = db.session.get(Decision, notice.facts["decision"])
    return _decision_href(notice, None) if decision is not None and sees_case(reader, decision.case) else None


def _appeal_at_the_desk(notice: Notification) -> str:
    return url_for("appeal_desk.show", appeal_id=notice.facts["appeal"])
