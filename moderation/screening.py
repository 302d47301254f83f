"""What is held before anybody sees it, and the case that a held post opens (issue 2, "Screening")."""

from __future__ import annotations

from forum.config import HELD_LINKS
from forum.threads import screening
from forum.threads.models import Post
from forum.threads.screening import Draft, Verdict
from moderation import cases
from moderation.models import Source


def hold_waiting(draft: Draft) -> Verdict:
    """Hold everything of an account that waits for a moderator's yes."""
    return screening.publish() if draft.author.is_approved else screening.hold("waiting")


def hold_newcomers(draft: Draft) -> Verdict:
    """Hold what somebody writes until NEWCOMER_POSTS of their posts have been published, or they have read a while."""
    return screening.hold("newcomer") if draft.author.is_newcomer else screening.publish()


def hold_many_links(draft: Draft) -> Verdict:
    """Hold a text with more than HELD_LINKS links from an account under a day old that has earned no trust."""
    many = draft.links > HELD_LINKS and draft.author.is_young and draft.author.standing_level < 1
    return screening.hold("links") if many else screening.publish()


def open_case(post: Post) -> None:
    """Open the case of a held post in the transaction that holds it: nothing can be held and forgotten."""
    cases.open_case(post, Source.SCREENING, post.state_reason)


def plug_in() -> None:
    """Put ourselves into the plugs of forum.threads, once however many applications are made."""
    for screener in (hold_waiting, hold_newcomers, hold_many_links):
        if screener not in screening.screeners:
            screening.screeners.append(screener)
    if open_case not in screening.on_held:
        screening.on_held.append(open_case)
