"""Who may put a thread to the experts, choose *the* answer, lock the choice, and invite experts.

`why_not_…` returns None when it is allowed, else the sentence that tells the person why not. None asks the database.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from forum.accounts.policy import is_established
from forum.threads.models import Post, State, Thread
from forum.threads.policy import moderates, why_closed, why_not_take_part


def is_the_askers(person: Person, thread: Thread) -> bool:
    """Whether the person may decide about the question: who began the thread, or a moderator of its sub-theme."""
    return bool(person.is_authenticated) and (person.id == thread.author_id or moderates(person, thread.subtheme_id))


def why_not_ask(person: Person, thread: Thread) -> Any | None:
    """Say why the person may not put the thread to the experts."""
    if not is_the_askers(person, thread):
        return _l("Who began a thread, or a moderator, puts it to the experts.")
    if thread.led_by:
        return _l("This thread has rules of its own about who asks and who answers.")
    if thread.asking_locked and not moderates(person, thread.subtheme_id):
        return _l("A moderator has taken the mark away. Only a moderator puts this thread to the experts again.")
    return _why_not_public(thread) or why_closed(thread) or why_not_take_part(person)


def why_not_withdraw(person: Person, thread: Thread) -> Any | None:
    """Say why the person may not take the mark of a question away again, and the choice of an answer with it."""
    if not is_the_askers(person, thread):
        return _l("Who began a thread, or a moderator, puts it to the experts.")
    return _why_not_public(thread) or _why_locked(person, thread) or why_not_take_part(person)


def why_not_change_answer(person: Person, thread: Thread) -> Any | None:
    """Say why the person may neither choose nor take back *the* answer."""
    if not is_the_askers(person, thread):
        return _l("Who asked, or a moderator, chooses the answer.")
    if thread.subtheme.archived_at:
        return why_closed(thread)
    return _why_not_public(thread) or _why_locked(person, thread) or why_not_take_part(person)


def why_not_choose(person: Person, thread: Thread, post: Post) -> Any | None:
    """Say why the person may not choose this post of the thread as *the* answer."""
    if not thread.is_question:
        return _l("This thread is no question to the experts.")
    if post.credential_id is None or post.is_opening or not post.is_visible:
        return _l("Only an expert’s answer that everybody sees can be chosen.")
    if person.id == post.author_id != thread.author_id:
        return _l("Nobody chooses their own answer to somebody else’s question.")
    return why_not_change_answer(person, thread)


def why_not_lock(person: Person, thread: Thread) -> Any | None:
    """Say why the person may not fix the choice of the answer, or free it: only moderators may."""
    if not moderates(person, thread.subtheme_id):
        return _l("Only moderators of the sub-theme lock the choice of an answer.")
    return _why_not_public(thread)


def why_not_invite(person: Person, thread: Thread) -> Any | None:
    """Say why the person may not invite experts to the thread."""
    if not thread.is_question:
        return _l("Experts are invited to questions. This thread is none.")
    why_not = _why_not_public(thread) or why_closed(thread) or why_not_take_part(person)
    if why_not is None and not is_established(person):
        return _l("You can invite experts once a moderator has approved your account.")
    return why_not


def _why_not_public(thread: Thread) -> Any | None:
    return None if thread.state == State.VISIBLE else _l("This thread is not public (any more).")


def _why_locked(person: Person, thread: Thread) -> Any | None:
    if thread.chosen and thread.chosen.is_locked and not moderates(person, thread.subtheme_id):
        return _l("A moderator has locked the choice of the answer.")
    return None
