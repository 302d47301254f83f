"""Who may do what in a session, in which state; pure functions for the button and the action.

`why_not_…` returns None when it is allowed, else the sentence that tells the person why not. What holds for every
thread (it is locked, its sub-theme archived, the person silenced) is asked by the threads' own policy, before these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from forum.asking import clock
from forum.asking.models import AskSession, Phase, Question, Status
from forum.core.i18n import exact
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads import policy as threads
from forum.threads.models import Post, State, Thread

QUESTION_LIMIT = 1000  # characters of a question, also those of its Markdown
_NOT_ASKED = {
    Phase.ANSWERING: _l("No more questions are taken: the experts are answering now."),
    Phase.CLOSED: _l("This session is closed: no more questions are taken."),
    Phase.ARCHIVED: _l("This session is archived: it can be read, but not continued."),
}
_NOT_ANSWERED = {
    Phase.ANNOUNCED: _l("The session has only been announced: there is nothing to answer yet."),
    Phase.COLLECTING: _l("Questions are still being collected. Experts answer once that has ended."),
    Phase.CLOSED: _l("This session is closed: no more answers are given."),
    Phase.ARCHIVED: _NOT_ASKED[Phase.ARCHIVED],
}


@dataclass(frozen=True)
class Facts:
    """What the rules need to know beyond the rows: the question answered, if any; whether the person is named as an
    expert; how many questions they have asked; and the moment."""

    question: Question | None
    is_named: bool
    asked: int
    moment: datetime


def may_host(person: Person, thread: Thread) -> bool:
    """Whether the person may act as host of this thread's session: a moderator of its sub-theme."""
    return threads.moderates(person, thread.subtheme_id)


def why_not_plan(person: Person, subtheme: SubTheme) -> Any | None:
    """Say why the person may not plan a session in the sub-theme."""
    if (why_not := threads.why_not_start_thread(person, subtheme)) is not None:
        return why_not
    return None if threads.moderates(person, subtheme.id) else _l("Sessions are planned by the sub-theme's moderators.")


def why_not_host(person: Person, session: AskSession) -> Any | None:
    """Say why the person may not change, advance or triage the session."""
    if (why_not := threads.why_not_take_part(person)) is not None:
        return why_not
    if not may_host(person, session.thread):
        return _l("Only moderators of its sub-theme host a session.")
    if session.thread.state != State.VISIBLE:
        return _l("This session is not public now. Its clock stands still until it is.")
    if session.thread.subtheme.archived_at:
        return threads.why_closed(session.thread)
    return None


def why_not_ask(person: Person, session: AskSession, asked: int, moment: datetime) -> Any | None:
    """Say why the person may not ask a question now; `asked` is how many they have asked in this session."""
    phase = clock.phase_at(session, moment)
    if phase == Phase.ANNOUNCED:
        opens = LazyString(exact, session.opens_at, person.timezone if person.is_authenticated else "UTC")
        return _l("Questions are not taken yet. The session opens on %(moment)s.", moment=opens)
    if phase != Phase.COLLECTING:
        return _NOT_ASKED[phase]
    if asked >= session.capacity:
        return _l("You have asked as many questions as one person may ask here: %(most)s.", most=session.capacity)
    return None


def why_not_support(person: Person, session: AskSession, question: Question, moment: datetime) -> Any | None:
    """Say why the person may not press "I ask this too", or take it back."""
    if (why_not := threads.why_not_reply(person, session.thread)) is not None:
        return why_not
    phase = clock.phase_at(session, moment)
    if phase not in (Phase.COLLECTING, Phase.ANSWERING):
        return _NOT_ASKED.get(phase) or _l("There are no questions yet.")
    if question.status != Status.OPEN or not question.post.is_visible:
        return _l("This question does not wait for an answer (any more).")
    return None


def why_not_answer(
    person: Person, session: AskSession, question: Question | None, is_named: bool, moment: datetime
) -> Any | None:
    """Say why the person may not answer the question as an expert; that the credential is theirs was asked before."""
    if not is_named:
        return _l("Only the experts who are named for this session answer in it.")
    phase = clock.phase_at(session, moment)
    if phase != Phase.ANSWERING:
        return _NOT_ANSWERED[phase]
    if question is None:
        return _l("An answer belongs under a question of this session.")
    if question.status == Status.MERGED:
        return _l("This question was merged into another one. Please answer that one.")
    if question.status == Status.DECLINED:
        return _l("The host has declined this question.")
    return None


def why_not_comment(session: AskSession, parent: Post, moment: datetime) -> Any | None:
    """Say why nobody may write, without a badge, under this post."""
    if clock.phase_at(session, moment) == Phase.ARCHIVED:
        return _NOT_ASKED[Phase.ARCHIVED]
    if parent.credential_id is None:
        return _l("Comments belong under an expert's answer. Only the named experts answer the questions themselves.")
    return None


def may_summarize(person: Person, session: AskSession, moment: datetime) -> bool:
    """Whether the person may write the summary: a host, once the session is closed, until there is one."""
    is_closed = clock.phase_at(session, moment) == Phase.CLOSED
    return is_closed and session.summary_id is None and may_host(person, session.thread)


def why_not_write(
    person: Person, session: AskSession, parent: Post | None, credential: Credential | None, facts: Facts
) -> Any | None:
    """Say why a text may not be written in the session's thread: what it is follows from what it answers, and as whom.

    Without badge and parent it is a question (a host's summary, once closed); with a badge an answer; under an answer a
    comment. Nothing else can be written in such a thread.
    """
    if credential is not None:
        return why_not_answer(person, session, facts.question, facts.is_named, facts.moment)
    if parent is not None:
        return why_not_comment(session, parent, facts.moment)
    if may_summarize(person, session, facts.moment):
        return None
    return why_not_ask(person, session, facts.asked, facts.moment)
