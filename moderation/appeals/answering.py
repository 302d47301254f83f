"""Filing and answering an appeal, whatever the decision is about: what the actions of both kinds have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import now, transaction
from forum.core.errors import Conflict, Refused, allow
from forum.mail.actions import owe
from forum.notifications.actions import tell
from moderation.appeals.models import Objection, State
from moderation.appeals.policy import WORDS_LIMIT
from moderation.decisions import Stale

UPHOLD, OVERTURN = "uphold", "overturn"

DECIDED = _l("Somebody has decided this appeal meanwhile.")
APPEALED = _l("There is an appeal against this decision already, and there can be one.")

Kind = TypeVar("Kind", bound=Objection)


def lodge(
    kind: type[Kind], by: User, words: str, *, former: Kind | None, why_not: Any | None, **decision: int | None
) -> Kind:
    """Write an appeal against `decision`, the columns that name it; joins the caller, who has locked what it is about.

    `former` is the appeal that is there: with the same words of the same person it is returned, else Conflict.
    `why_not` says why there can be none (Refused), as do words that are missing or too many.
    """
    if former is not None:
        if former.appellant_id == by.id and former.words == words:
            return former
        raise Conflict(APPEALED)
    if why_not is not None:
        raise Refused(why_not)
    if not words or len(words) > WORDS_LIMIT:
        raise Refused(_l("Please say why the decision is wrong, in at most 2,000 characters."))
    with transaction() as session:
        appeal = kind(
            **decision, appellant_id=by.id, words=words, created_at=now(), state=State.OPEN, version=1, reply=""
        )
        session.add(appeal)
        session.flush()
    return appeal


def check(appeal: Objection, objection: Any | None, version: int | None) -> None:
    """Raise Conflict for an appeal that is answered, Forbidden with the objection, Stale for another `version`."""
    if not appeal.is_open:
        raise Conflict(DECIDED)
    allow(objection)
    if version is not None and version != appeal.version:
        raise Stale(DECIDED)


def check_answer(outcome: str, against: Collection[str], reply: str) -> None:
    """Raise Refused for an answer that is neither UPHOLD nor one of `against`, and for one without words."""
    if outcome != UPHOLD and outcome not in against:
        raise Refused(_l("Choose what is to be done."))
    if not reply:
        raise Refused(_l("Please answer in words: whoever appealed will read them."))


def settle(appeal: Objection, by: User, outcome: str, reply: str) -> None:
    """Give the locked appeal its answer; joins the caller's transaction."""
    appeal.state = State.UPHELD if outcome == UPHOLD else State.OVERTURNED
    appeal.decided_at, appeal.decider_id, appeal.reply = now(), by.id, reply
    appeal.version += 1
    if appeal.appellant.is_closed:
        appeal.words = ""  # they have left, and their words have served their purpose
    with transaction() as session:
        session.flush()


def tell_both(appeal: Objection, name: str, post_id: int | None = None, **facts: Any) -> None:
    """Tell the appellant by notice and by a letter with the reply, and whoever took the decision by a notice.

    `name` is what notices and letters call this kind of appeal; `facts` name the decision.
    """
    key, facts = f"{name}:{appeal.id}", {**facts, "overturned": appeal.state == State.OVERTURNED}
    tell(appeal.appellant_id, f"{name}_decided", key, post_id=post_id, facts=facts)
    tell(appeal.first_decider_id, f"{name}_of_yours", f"{key}:first", facts={"appeal": appeal.id, **facts})
    person = appeal.appellant
    if person.email and person.email_key and not person.is_closed:
        letter = {"name": person.name, name: appeal.id}
        owe("appeal_decided", person.email, key, language=person.language, user_id=person.id, facts=letter)
