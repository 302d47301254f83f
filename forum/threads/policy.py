"""Who may see, write and change threads and posts; pure functions for the button and the action.

`why_not_…` returns None when it is allowed, else the sentence that tells the person why not.
"""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from forum.accounts.policy import is_established, why_not_confirmed
from forum.accounts.silences import why_silent
from forum.core.i18n import exact
from forum.experts.models import Credential
from forum.experts.policy import may_answer_as
from forum.subthemes.models import SubTheme
from forum.subthemes.policy import looks_after
from forum.threads import plugs
from forum.threads.models import Post, State, Thread

MENTIONS, NEWCOMER_MENTIONS = 10, 2  # people told by one post; as Discourse (checks.md section 3)


def moderates(person: Person, subtheme_id: int) -> bool:
    """Whether the person may use the tools of moderators on threads of this sub-theme."""
    free = person.is_authenticated and not (person.is_suspended or person.is_silenced)
    return bool(free) and looks_after(person, subtheme_id)


def sees_thread(viewer: Person, thread: Thread) -> bool:
    """Whether the thread exists for the viewer: a held or hidden one does for its author, all do for moderators."""
    if thread.state == State.VISIBLE or moderates(viewer, thread.subtheme_id):
        return True
    return thread.state in (State.HELD, State.HIDDEN) and viewer.id == thread.author_id


def sees_whole_history(viewer: Person, post: Post) -> bool:
    """Whether `viewer` sees also the versions from before the post was approved: its author and moderators."""
    return viewer.id == post.author_id or moderates(viewer, post.thread.subtheme_id)


def sees_post(viewer: Person, post: Post) -> bool:
    """Whether the viewer sees the text of the post: what is removed or deleted only moderators do."""
    if not sees_thread(viewer, post.thread):
        return False
    if post.is_visible or moderates(viewer, post.thread.subtheme_id):
        return True
    return post.state in (State.HELD, State.HIDDEN) and viewer.id == post.author_id


def why_not_take_part(person: Person) -> Any | None:
    """Say why the person may not write at all."""
    return _why_not_here(person) or why_silent(person)


def _why_not_here(person: Person) -> Any | None:
    if not person.is_authenticated:
        return _l("Sign in to take part.")
    if person.is_suspended:
        return suspended_words(person)
    return why_not_confirmed(person)


def suspended_words(person: Any) -> Any:
    """Return the sentence that says until when the person is suspended, in their own time zone."""
    until = LazyString(exact, person.suspended_until, person.timezone)
    return _l("Your account is suspended until %(until)s. Until then you can read, not write.", until=until)


def why_not_start_thread(person: Person, subtheme: SubTheme) -> Any | None:
    """Say why the person may not start a thread in the sub-theme."""
    if subtheme.archived_at:
        return _l("This sub-theme is archived: it can be read, but takes no new threads.")
    return why_not_take_part(person)


def why_not_reply(person: Person, thread: Thread) -> Any | None:
    """Say why the person may not reply in a thread that they see.

    What a reply answers, and as what, is for `plugs.reply_rules`, which the action asks once it knows.
    """
    if thread.state == State.HELD:
        return _l("This thread waits for review. Replies are possible once it is published.")
    if thread.state != State.VISIBLE:
        return _l("This thread is not public any more and takes no replies.")
    return why_closed(thread) or why_not_take_part(person)


def why_closed(thread: Thread) -> Any | None:
    """Say why nothing can be written in a thread that is seen: locked, or its sub-theme archived."""
    if thread.is_locked:
        return _l("A moderator has locked this thread: it can be read, but not continued.")
    if thread.subtheme.archived_at:
        return _l("This sub-theme is archived: its threads can be read, but not continued.")
    return None


def may_wear(person: Person, credential: Credential, thread: Thread) -> bool:
    """Whether the person may answer with the credential: theirs, in force, of the thread's sub-theme, and the thread
    pinned there or put to its experts.
    """
    return thread.takes_experts and may_answer_as(person, credential, thread.subtheme_id)


def why_not_edit(person: Person, post: Post) -> Any | None:
    """Say why the person may not change a post that they see: only its author may, while it is public or held."""
    if person.id != post.author_id or not sees_post(person, post):
        return _l("Only its author can change a post.")
    if post.state not in (State.VISIBLE, State.HELD):
        return _l("This post is not public any more and can't be changed.")
    return why_closed(post.thread) or why_not_take_part(person) or plugs.asked(plugs.edit_rules, person, post)


def why_not_delete(person: Person, post: Post) -> Any | None:
    """Say why the person may not delete a post that they see: no lock or silence keeps anybody from that."""
    if person.id != post.author_id or not sees_post(person, post):
        return _l("Only its author can delete a post.")
    if post.state not in (State.VISIBLE, State.HELD) and not post.is_hidden_by_flags:
        return _l("This post is not public any more: a moderator has decided about it.")
    return _why_not_here(person)


def may_flag(person: Person, post: Post) -> bool:
    """Whether the person may flag the post: somebody else's, and visible to all; the button and the act ask here."""
    return is_established(person) and post.is_visible and person.id != post.author_id


def may_flag_thread(person: Person, thread: Thread) -> bool:
    """Whether the person may flag the thread as a whole, with its title: somebody else's, and visible to all."""
    return is_established(person) and thread.state == State.VISIBLE and person.id != thread.author_id


def most_mentions(author: Person) -> int:
    """Return how many people one post of the author may call by name."""
    return NEWCOMER_MENTIONS if author.is_newcomer else MENTIONS
