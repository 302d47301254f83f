"""A text that is taken: judged by the screening, then written as a post or put in the place of a former text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forum.accounts.models import User
from forum.core import markup, signals
from forum.core.database import announce, now
from forum.core.text import guess_language
from forum.experts.models import Credential
from forum.threads import counters, plugs, putting, reasons, screening, states, writing
from forum.threads.models import Post, Revision, State, Thread
from forum.threads.screening import Asked, Draft, Turned, Verdict
from forum.threads.sources import Source


def screened(draft: Draft, *, is_public: bool = False) -> Verdict:
    """Return what the screening says of a text that is taken, or raise why it is not."""
    verdict = screening.screen(draft)
    if verdict.question is not None:
        raise Asked(verdict, draft)
    if verdict.message is not None:
        raise Turned(verdict, draft)
    if verdict.holds and is_public:
        raise Turned(verdict, draft, reasons.why_edit_refused(verdict.reason))
    for note in screening.on_taken:
        note(draft, verdict)
    return verdict


def publish_or_hold(
    thread: Thread,
    author: User,
    body: str,
    shown: markup.Rendered,
    verdict: Verdict,
    *,
    form_token: str | None,
    credential: Credential | None = None,
    parent_id: int | None = None,
    given: list[Source] | None = None,
) -> Post:
    """Write the post: held if the verdict holds it, else in its place, as one row."""
    post = Post(thread=thread, author=author, credential=credential, parent_id=parent_id, form_token=form_token)
    # which its place and the counters need before it is written
    post.author_id, post.credential_id = author.id, credential.id if credential else None
    post.state, post.state_reason, post.state_at, post.created_at = State.HELD, verdict.reason, now(), now()
    post.sources, post.index_version = given or [], 1
    writing.fill(post, body, shown)
    if verdict.holds:
        putting.put(post)
    else:
        states.settle(thread, post, State.VISIBLE, by=None)
    writing.call(post, author, shown.mentions)
    if verdict.holds:
        for note in screening.on_held:
            note(post, verdict)
    elif verdict.is_flagged:
        have_looked_at(post, verdict)
    return post


def have_looked_at(post: Post, verdict: Verdict) -> None:
    """Let a moderator look at a post that is public."""
    for note in screening.on_flagged:
        note(post, verdict)


def tell_of_edit(post: Post, by: User, also: Sequence[Callable[[Post], None]]) -> None:
    """Tell the rooms above of a changed text, in its transaction."""
    for listen in plugs.on_edited:
        listen(post, by)
    for note in also:
        note(post)


def former_text(post: Post, title: str | None, by: User, note: str) -> Revision:
    """Return the row that keeps the present text; `note` says why another one takes its place."""
    return Revision(
        post_id=post.id,
        number=post.revision,
        title=title,
        body=post.body,
        sources=post.sources,
        note=note,
        replaced_at=now(),
        replaced_by_id=by.id,
    )


def replace(
    post: Post, thread: Thread, body: str, title: str | None, shown: markup.Rendered, given: list[Source]
) -> None:
    """Put the new text with its sources in place and owe the index the change; nothing is announced of a held post."""
    writing.fill(post, body, shown)
    post.sources = given
    post.revision += 1
    post.index_version += 1
    post.edited_at = now()
    if title is not None and title != thread.title:
        thread.title, thread.lang = title, guess_language(title) or post.lang
        counters.owe_index(thread.id)
        announce(signals.thread_changed, thread_id=thread.id)
    if post.state != State.HELD:
        announce(signals.post_changed, post_id=post.id, thread_id=thread.id)
