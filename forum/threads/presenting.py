"""A post as one viewer gets it: its text or the quiet line in its place, why, and what they may do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from forum.accounts.models import Person
from forum.threads import policy, reasons
from forum.threads.addresses import thread_url
from forum.threads.models import Post, State, Thread


@dataclass(frozen=True)
class Shown:
    """What the page's macro needs of one post; `acts` as templates/macros/posts.html describes them."""

    post: Post
    acts: list[dict[str, Any]]
    why: Any
    show_text: bool
    opening: bool


def shown(posts: Iterable[Post], thread: Thread, viewer: Person, page: int = 1) -> list[Shown]:
    """Return the posts of one page of the thread as the viewer gets them; asks the database nothing."""
    return [_shown(post, thread, viewer, page) for post in posts]


def _shown(post: Post, thread: Thread, viewer: Person, page: int) -> Shown:
    readable = post.state != State.DELETED and policy.sees_post(viewer, post)
    opening = post.position == 1 or thread.last_position == 0
    return Shown(post, _acts(post, thread, viewer, page) if readable else [], reasons.why(post), readable, opening)


def _acts(post: Post, thread: Thread, viewer: Person, page: int) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = []
    if post.is_visible and policy.why_not_reply(viewer, thread) is None:
        quoting = thread_url(thread, page=page if page > 1 else None, quote=post.id, _anchor="reply")
        quote_url = url_for("posts.quote", post_id=post.id)
        acts.append({"label": gettext("Quote"), "icon": "quote", "href": quoting, "quote_url": quote_url})
    if policy.why_not_edit(viewer, post) is None:
        acts.append({"label": gettext("Edit"), "icon": "edit", "href": url_for("posts.edit", post_id=post.id)})
    if policy.why_not_delete(viewer, post) is None:
        href = url_for("posts.delete", post_id=post.id)
        acts.append({"label": gettext("Delete"), "icon": "trash", "href": href, "kind": "danger"})
    if policy.may_flag(viewer, post):
        acts.append({"label": gettext("Flag"), "icon": "flag", "href": f"/posts/{post.id}/flags"})
    return acts
