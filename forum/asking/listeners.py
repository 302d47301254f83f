"""How sessions join the house: rules and panels of threads, whom a post concerns, notices, the words of durations."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for
from flask_babel import gettext

from forum.accounts import records
from forum.accounts.models import Person
from forum.answers import telling
from forum.asking import asked, counting, page, place, policy, queries, questions, transitions, wording
from forum.asking.models import LED_BY, Question
from forum.asking.recount import recount_sessions
from forum.core import jobs, signals
from forum.core.database import db
from forum.core.plugs import fill
from forum.notifications import actions as notices
from forum.notifications.wording import KINDS
from forum.subthemes.models import SubTheme
from forum.threads import drafts, plugs, recount
from forum.threads.models import AnswerDraft, Post, Thread
from forum.threads.plugs import Elsewhere, Panel

ON_HOME = 4

_sweeps = transitions.carry_out_what_is_due  # registered by its import


def connect(app: Flask) -> None:
    """Fill the plugs of the rooms below; harmless to repeat for another application."""
    KINDS.update(wording.KINDS)
    signals.session_stepped.connect(_tell_soon)
    app.add_template_filter(wording.left, "left")
    app.context_processor(_words)
    _fill_plugs()


def _tell_soon(_sender: object, step_id: int, **_facts: Any) -> None:
    jobs.enqueue(transitions.tell_of_step, step_id=step_id)


def _words() -> dict[str, Any]:
    return {"session_phases": wording.PHASES, "session_until": wording.UNTIL, "session_phase": page.phase_now}


def _fill_plugs() -> None:
    fill(plugs.reply_rules, questions.why_not_write)
    fill(plugs.edit_rules, questions.why_not_edit)
    fill(plugs.staff_rules, questions.why_not_for_staff)
    fill(plugs.on_replied, questions.take_in)
    fill(plugs.on_edited, questions.check_length)
    fill(plugs.on_settled, questions.follow)
    fill(plugs.on_emptied, questions.forget_words)
    fill(records.recounters, counting.recount_supports)
    fill(recount.others, recount_sessions)
    fill(plugs.reply_elsewhere, _reply_elsewhere)
    fill(drafts.places, _draft_place)
    fill(plugs.post_places, _post_place)
    fill(plugs.thread_heads, _thread_head)
    fill(plugs.home_panels, _on_home)
    fill(plugs.subtheme_panels, _in_subtheme)
    fill(plugs.desk_panels, _on_desk)
    fill(notices.concerned, concerned)
    fill(telling.askers, _askers_of)


def concerned(thread: Thread, post: Post) -> dict[int, str] | None:
    """Say whom a post of a session concerns: a first answer everybody who asks the question, a comment the expert."""
    if thread.led_by != LED_BY:
        return None
    if post.parent_id is None:
        return {}
    if post.credential_id is None:
        author = db.session.get(Post, post.parent_id)
        return {author.author_id: "reply"} if author else {}
    question = db.session.get(Question, post.parent_id)
    if question is None or question.answer_id != post.id:
        return {}  # another answer was told of already
    return dict.fromkeys(asked.people_asking(question.post_id), "answer")


def _askers_of(answer: Post) -> set[int]:
    """Say who asked for an answer, to be told of its correction."""
    is_ours = answer.thread.led_by == LED_BY and answer.parent_id
    return asked.people_asking(answer.parent_id) if is_ours and answer.parent_id else set()


def _reply_elsewhere(_viewer: Person, thread: Thread) -> Elsewhere | None:
    if thread.led_by != LED_BY:
        return None
    text = gettext("This thread belongs to a session with experts. Questions, answers and comments are written there.")
    return Elsewhere(text, url_for("asking.of_thread", thread_id=thread.id), gettext("To the session"))


def _draft_place(draft: AnswerDraft) -> str | None:
    session = queries.of_thread(draft.parent.thread_id) if draft.parent.thread.led_by == LED_BY else None
    return page.url(session, under=draft.parent_id, _anchor="write") if session else None


def _post_place(_viewer: Person, post: Post) -> str | None:
    """Say where the session's page shows the post: the same to every viewer."""
    session = queries.of_thread(post.thread_id) if post.thread.led_by == LED_BY else None
    parts = place.standing(session, post) if session else None
    return page.url(session, **parts, _anchor=f"post-{post.id}") if session and parts is not None else None


def _thread_head(_viewer: Person, thread: Thread) -> Panel | None:
    session = queries.of_thread(thread.id) if thread.led_by == LED_BY else None
    return Panel("asking/_in_thread.html", {"session": session, "thread": thread}) if session else None


def _on_home(_viewer: Person) -> Panel | None:
    found = queries.live(ON_HOME)
    return Panel("asking/_live.html", {"sessions": found, "with_subtheme": True}) if found else None


def _in_subtheme(viewer: Person, subtheme: SubTheme) -> Panel | None:
    found = queries.live(ON_HOME, subtheme.id)
    may_plan = policy.why_not_plan(viewer, subtheme) is None
    facts = {"sessions": found, "with_subtheme": False, "plan_in": subtheme.slug if may_plan else ""}
    return Panel("asking/_live.html", facts) if found or may_plan else None


def _on_desk(viewer: Person) -> Panel | None:
    sessions = queries.of_expert(viewer.id or 0)
    if not sessions:
        return None
    routed = asked.routed_to(viewer.id or 0)
    waiting = asked.waiting_longest(viewer.id or 0)
    return Panel("asking/_on_desk.html", {"sessions": sessions, "routed": routed, "waiting": waiting})
