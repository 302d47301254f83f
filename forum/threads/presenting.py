"""A post as one viewer gets it: its text or the quiet line in its place, why, and what they may do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext

from forum.accounts.models import Person
from forum.accounts.ties import Kind
from forum.config import PAGE_SIZE
from forum.core.paging import page_of
from forum.threads import plugs, policy, reasons, visiting
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
    kept_away: str = ""  # how the viewer keeps its author away: "mute", "block" or ""


def shown(
    posts: Iterable[Post], thread: Thread, viewer: Person, page: int = 1, kept_away: Mapping[int, str] | None = None
) -> list[Shown]:
    """Return the posts of one page of the thread as the viewer gets them; asks the database nothing but, for a
    visitor, the site's settings.

    `kept_away` says which of the authors the viewer mutes or blocks (accounts/ties.py).
    """
    kept, same = kept_away or {}, Same(thread, viewer, page, _has_reply_box(viewer, thread))
    return [_shown(post, same, kept.get(post.author_id, "")) for post in posts]


@dataclass
class Same:
    """What is the same for all posts of a page, and so asked and said once."""

    thread: Thread
    viewer: Person
    page: int
    has_reply_box: bool

    @cached_property
    def address(self) -> str:
        """The address of the thread's first page."""
        return thread_url(self.thread)

    def address_of(self, post: Post) -> str:
        """Return what addresses.post_url does."""
        page = page_of(post.position or self.thread.last_position, PAGE_SIZE)
        return f"{self.address}{f'?page={page}' if page > 1 else ''}#post-{post.id}"

    def quoting(self, post: Post) -> str:
        """Return the address of this page with the post quoted in its reply box."""
        page = f"page={self.page}&" if self.page > 1 else ""
        return f"{self.address}?{page}quote={post.id}#reply"

    @cached_property
    def words(self) -> dict[str, str]:
        """The words on the buttons."""
        return {
            "quote": gettext("Quote"),
            "more": gettext("More"),
            "mute": gettext("Mute the author"),
            "block": gettext("Block the author"),
            "unmute": gettext("Unmute the author"),
            "unblock": gettext("Unblock the author"),
            "edit": gettext("Edit"),
            "delete": gettext("Delete"),
            "flag": gettext("Flag"),
        }


def _shown(post: Post, same: Same, tie: str) -> Shown:
    thread, viewer = same.thread, same.viewer
    readable = post.state != State.DELETED and policy.sees_post(viewer, post)
    opening = post.position == 1 or thread.last_position == 0
    acts = [*_acts(post, same), *_ties(post, same, tie)] if readable else []
    return Shown(post, acts, reasons.why(post), readable, opening, tie if readable else "")


def _ties(post: Post, same: Same, tie: str) -> list[dict[str, Any]]:
    """Return the small menu with which the viewer keeps the author away, or lets them near again."""
    viewer = same.viewer
    if not viewer.is_authenticated or viewer.id == post.author_id or post.author.is_closed:
        return []
    action = url_for("ties.change", username=post.author.username, at=f"post-{post.id}")
    words = {
        Kind.MUTE: (same.words["mute"], "eye-off"),
        Kind.BLOCK: (same.words["block"], "lock"),
        Kind.NONE: (same.words["unblock" if tie == Kind.BLOCK else "unmute"], "unlock"),
    }
    offered = [kind for kind in words if kind != tie and (tie or kind != Kind.NONE)]
    menu = [{"value": kind, "label": words[kind][0], "icon": words[kind][1]} for kind in offered]
    form = {"action": action, "form": "ties", "name": "kind", "menu": menu}
    return [{"label": same.words["more"], "icon": "menu", **form}]


def _has_reply_box(viewer: Person, thread: Thread) -> bool:
    elsewhere = plugs.asked(plugs.reply_elsewhere, viewer, thread)
    return elsewhere is None and policy.why_not_reply(viewer, thread) is None


def _acts(post: Post, same: Same) -> list[dict[str, Any]]:
    thread, viewer, words = same.thread, same.viewer, same.words
    acts: list[dict[str, Any]] = []
    if post.is_visible and same.has_reply_box:
        quote_url = f"/posts/{post.id}/quote"
        acts.append({"label": words["quote"], "icon": "quote", "href": same.quoting(post), "quote_url": quote_url})
    acts += [act for more in plugs.post_acts for act in more(viewer, post, thread)]
    if policy.why_not_edit(viewer, post) is None:
        acts.append({"label": words["edit"], "icon": "edit", "href": url_for("posts.edit", post_id=post.id)})
    if policy.why_not_delete(viewer, post) is None:
        href = url_for("posts.delete", post_id=post.id)
        acts.append({"label": words["delete"], "icon": "trash", "href": href, "kind": "danger"})
    if policy.may_flag(viewer, post):
        acts.append({"label": words["flag"], "icon": "flag", "href": f"/posts/{post.id}/flags"})
    elif visiting.may_flag(viewer, post):
        href = f"/posts/{post.id}/flags/visitor"
        acts.append({"label": words["flag"], "icon": "flag", "href": href, "rel": "nofollow"})
    return acts
