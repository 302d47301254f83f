"""What pages of the rooms below show of questions: head of a thread, *the* answer, acts on posts, an expert's desk."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext

from forum.accounts import ties
from forum.accounts.models import Person, User
from forum.answers import policy, queries
from forum.threads.addresses import post_url
from forum.threads.models import Post, Thread
from forum.threads.plugs import Panel
from forum.threads.queries import chosen_answer

EXCERPT = 240  # characters of the answer that stand under the question; the whole of it is a link away


def head(viewer: Person, thread: Thread) -> Panel | None:
    """Return the line on what the viewer may do about the question, or None; asks the database nothing."""
    if not viewer.is_authenticated or thread.led_by:
        return None
    may_not = None if thread.is_question else policy.why_not_ask(viewer, thread)
    facts = {
        "thread": thread,
        "ask": not thread.is_question and may_not is None,
        "why_not": may_not if thread.asking_locked and viewer.id == thread.author_id else None,
        "withdraw": thread.is_question and not thread.is_answered and policy.why_not_withdraw(viewer, thread) is None,
        "invite": not thread.is_answered and policy.why_not_invite(viewer, thread) is None,
    }
    shown = any(facts[name] for name in ("ask", "why_not", "withdraw", "invite"))
    return Panel("answers/_head.html", facts) if shown else None


def the_answer(viewer: Person, thread: Thread) -> Panel | None:
    """Return *the* answer to be shown under the question while everybody sees it, or None."""
    post, chosen = chosen_answer(thread), thread.chosen
    if post is None or chosen is None:
        return None
    may_keep_away = viewer.is_authenticated and not viewer.is_many
    kept_away = may_keep_away and bool(ties.among(int(viewer.id or 0), {post.author_id}))
    facts = {
        "thread": thread,
        "post": post,
        "chosen": chosen,
        "url": post_url(post, thread),
        "excerpt": "" if kept_away else _excerpt(post),
        "by_asker": chosen.chosen_by_id == thread.author_id,
        "unchoose": policy.why_not_change_answer(viewer, thread) is None,
        "lock": policy.why_not_lock(viewer, thread) is None,
    }
    return Panel("answers/_the_answer.html", facts)


def _excerpt(post: Post) -> str:
    words = " ".join(post.plain[: EXCERPT + 1].split())
    return words if len(post.plain) <= EXCERPT else f"{words[:EXCERPT].rstrip()} …"


def acts(viewer: Person, post: Post, thread: Thread) -> list[dict[str, Any]]:
    """Return the button that chooses the post as *the* answer, for whom it is; asks the database nothing."""
    if not thread.is_question or (thread.chosen and thread.chosen.post_id == post.id):
        return []
    if not viewer.is_authenticated or policy.why_not_choose(viewer, thread, post) is not None:
        return []
    action = url_for("answers.choose", post_id=post.id)
    return [{"label": gettext("This is the answer"), "icon": "check", "action": action}]


def desk(viewer: User) -> Panel | None:
    """Return the invitations that wait for an expert, or None where there are none."""
    invitations = queries.open_invitations(viewer)
    return Panel("answers/_invited.html", {"invitations": invitations}) if invitations else None
