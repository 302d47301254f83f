"""Planning a session and changing its plan: the thread, its times, its experts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from forum.accounts.models import User
from forum.asking import clock, policy, queries, words
from forum.asking.locking import locked_session, present
from forum.asking.models import LED_BY, AskExpert, AskSession, Phase, Question
from forum.asking.transitions import carry_out, enter
from forum.asking.words import Words
from forum.core import audit
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, NotFound, Refused, allow
from forum.experts import queries as experts
from forum.notifications.actions import Notice, tell_all
from forum.subthemes.models import SubTheme
from forum.threads import actions as threads
from forum.threads import staff_actions, writing
from forum.threads.models import Post

DESCRIPTION_LIMIT = 4000
EXPERTS_MOST = 12
CAPACITIES = (1, 2, 3, 5, 10)  # questions of one person
CHANGED = _l("Somebody has changed this session meanwhile, or its clock went on. Look at it first.")


@dataclass(frozen=True)
class Plan:
    """A session as its host writes it; `times` by the names of clock.TIMES, `expert_ids` are people."""

    title: str
    description_en: str
    description_zh: str
    capacity: int
    times: dict[str, datetime]
    expert_ids: Sequence[int]

    @property
    def words(self) -> Words:
        """What the session is called and is about."""
        return Words(self.title, self.description_en, self.description_zh)


def plan(
    subtheme: SubTheme, by: User, wanted: Plan, form_token: str | None = None, asked: str | None = None
) -> AskSession:
    """Announce a session: start and pin its thread, and return it. The same form sent twice makes one session.

    Raises Forbidden (no moderator of the sub-theme), Refused (times, experts, words) and what start_thread raises.
    """
    allow(policy.why_not_plan(by, subtheme))
    _check_words(wanted)
    _check(wanted, subtheme.id, open_names=clock.TIMES.values())

    body, also = words.body_of(wanted), [lambda opening: _announce(opening, wanted, by)]
    thread = threads.start_thread(subtheme, by, wanted.title, body, form_token=form_token, asked=asked, also=also)
    found = queries.of_thread(thread.id)
    assert found is not None
    return found


def _announce(opening: Post, wanted: Plan, by: User) -> None:
    """Make a session of the new thread, in its transaction."""
    allow(policy.why_not_plan(present(by), opening.thread.subtheme))
    staff_actions.pin(opening.thread, by)
    opening.thread.led_by = LED_BY
    session = AskSession(thread_id=opening.thread_id, host_id=by.id, **_columns(wanted), **wanted.times)
    session.created_at = now()
    db.session.add(session)
    db.session.flush()
    _name(session, wanted.expert_ids)
    enter(session, Phase.ANNOUNCED, session.created_at, by)


def change(
    session_id: int, wanted: Plan, seen: int, by: User, asked: str | None = None, revision: int | None = None
) -> bool:
    """Change what is still to come of a session, words and plan or neither, and return whether anything was.

    `seen` is the version of the plan that is changed and `revision` that of the opening's text. A step that is done
    keeps its time. Title and description are its host's words: nobody else changes them. What is sent again after it
    was saved finds all as it wants it, and changes nothing. Raises Forbidden, NotFound, Refused, and Conflict when
    somebody else changed it meanwhile.
    """
    session = _hosted(session_id, by)
    if session.version != seen and _stands(session, wanted, by):
        return False
    _fitting(session, wanted, seen)  # before the screening looks at its words
    opening = queries.opening(session.thread_id)
    if wanted.words != words.shown(session, opening):
        _check_words(wanted)
        opening = _own_opening(session, opening, by, revision)

        def write_too(_opening: Post) -> None:
            _write(session_id, wanted, seen, by, is_reworded=True)

        body = words.body_of(wanted)
        if threads.edit_post(opening, by, body, wanted.title, revision=revision, asked=asked, also=[write_too]):
            return True  # else one language ends at another place, and no more
    with transaction():
        return _write(session_id, wanted, seen, by)


def _hosted(session_id: int, by: User) -> AskSession:
    session = queries.by_id(session_id)
    if session is None:
        raise NotFound
    allow(policy.why_not_host(by, session))
    carry_out(session_id)
    return session


def _stands(session: AskSession, wanted: Plan, by: User) -> bool:
    """Whether the session is as `wanted` would make it, but for the times that have come."""
    facts = {**_columns(wanted), **{name: wanted.times[name] for name in _open_names(session)}}
    if any(getattr(session, name) != value for name, value in facts.items()):
        return False
    if queries.expert_ids(session.id) != set(wanted.expert_ids):
        return False
    opening = queries.opening(session.thread_id)
    if opening is None or wanted.words == words.shown(session, opening):
        return opening is not None
    title, body = writing.clean_title(wanted.title, by), writing.clean_body(words.body_of(wanted), by)
    return (title, body) == (session.thread.title, opening.body)  # as the screening's rewriters leave it


def _own_opening(session: AskSession, opening: Post | None, by: User, revision: int | None) -> Post:
    """Return the opening that `by` changes, or raise Refused (not theirs, not shown) or Conflict (cut meanwhile)."""
    if by.id != session.host_id:
        raise Refused(_l("Title and description are the words of the host who planned the session."))
    if opening is None:
        raise Refused(_l("Title and description are not shown any more, and can't be changed."))
    if revision not in (None, opening.revision):
        raise Conflict(CHANGED)
    return opening


def _write(session_id: int, wanted: Plan, seen: int, by: User, *, is_reworded: bool = False) -> bool:
    """Change the plan in the caller's transaction; return whether it is another one now."""
    session = locked_session(session_id)
    by = present(by)
    allow(policy.why_not_host(by, session))
    wanted, before = _fitting(session, wanted, seen)
    values: dict[str, Any] = {**_columns(wanted), **wanted.times}
    is_same = all(getattr(session, name) == value for name, value in values.items())
    if is_same and before == set(wanted.expert_ids) and not is_reworded:
        return False
    for name, value in values.items():
        setattr(session, name, value)
    step = clock.next_step(session, now())
    session.next_at, session.version = step[1] if step else None, session.version + 1
    _name(session, wanted.expert_ids)
    _tell_named(session, set(wanted.expert_ids) - before)
    audit.record("asking.changed", by=by, scope=session.thread.subtheme.slug, target=f"thread:{session.thread_id}")
    return True


def _fitting(session: AskSession, wanted: Plan, seen: int) -> tuple[Plan, set[int]]:
    """Return the plan with the times that have come as they are, and who is named now; Refused, Conflict."""
    open_names = _open_names(session)
    if not open_names:
        raise Refused(_l("This session is archived: it can be read, but not continued."))
    if session.version != seen:
        raise Conflict(CHANGED)
    kept = {name: getattr(session, name) for name in clock.TIMES.values() if name not in open_names}
    wanted = Plan(**{**vars(wanted), "times": {**wanted.times, **kept}})
    before = queries.expert_ids(session.id)
    _check(wanted, session.thread.subtheme_id, open_names, named=before)
    return wanted, before


def _columns(wanted: Plan) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in ("description_en", "description_zh", "capacity")}


def _check_words(wanted: Plan) -> None:
    if not (wanted.description_en and wanted.description_zh):
        raise Refused(_l("Say what the session is about in both languages."))
    if max(len(wanted.description_en), len(wanted.description_zh)) > DESCRIPTION_LIMIT:
        raise Refused(_l("That is too long."))


def _open_names(session: AskSession) -> list[str]:
    """Return the names of the times that have not come."""
    reached = clock.ORDER.index(clock.phase_at(session, now()))
    return [name for phase, name in clock.TIMES.items() if clock.ORDER.index(phase) > reached]


def _check(wanted: Plan, subtheme_id: int, open_names: Collection[str], named: Collection[int] = ()) -> None:
    """Raise Refused for a plan that can't be kept; who was `named` before stays, also when a credential has ended."""
    if wanted.capacity not in CAPACITIES:
        raise Refused(_l("Choose how many questions one person may ask."))
    moment = now()
    if not clock.are_in_order(wanted.times) or any(wanted.times[name] < moment for name in open_names):
        raise Refused(_l("Each time has to be later than the one before it, and none may have passed."))
    if not 1 <= len(set(wanted.expert_ids)) <= EXPERTS_MOST:
        raise Refused(_l("Name at least one expert, and at most %(most)s.", most=EXPERTS_MOST))
    holders = {credential.user_id for credential in experts.of_subtheme(subtheme_id, queries.CANDIDATES_MOST)}
    if not set(wanted.expert_ids) <= holders | set(named):
        raise Refused(_l("Only experts of this sub-theme whose credential is in force can be named."))


def _name(session: AskSession, expert_ids: Sequence[int]) -> None:
    """Name these people; what was given to somebody who answers here no more is given to nobody in particular."""
    db.session.execute(delete(AskExpert).where(AskExpert.session_id == session.id))
    lost = update(Question).where(Question.session_id == session.id, Question.routed_to_id.not_in(expert_ids))
    db.session.execute(lost.values(routed_to_id=None))
    db.session.add_all(AskExpert(session_id=session.id, user_id=user_id) for user_id in sorted(set(expert_ids)))


def _tell_named(session: AskSession, user_ids: Collection[int]) -> None:
    """Tell experts who are named later what the others were told when the session was announced."""
    facts = {"phase": Phase.ANNOUNCED, "session": session.id}
    opening, key = queries.opening_id(session.thread_id), f"session:{session.id}:{Phase.ANNOUNCED}"
    tell_all(Notice(user_id, "ask_session", key, post_id=opening, facts=facts) for user_id in sorted(user_ids))
