"""Who is told of a decision, and of its reversal: the author, by letter too where they can't sign in, and flaggers."""

from __future__ import annotations

from collections.abc import Collection

from forum.accounts.models import User
from forum.config import UNDO_WINDOW
from forum.mail.actions import owe
from forum.notifications.actions import Notice, tell, tell_all
from moderation import keys, policy, queries
from moderation.models import Case, Decision, Kind, Outcome
from moderation.subjects.words import cleared

# A flagger learns what became of the post, never what became of a person.
_OUTCOME_FOR_FLAGGERS = {
    Outcome.KEEP: "kept",
    Outcome.EDIT_OUT: "edited",
    Outcome.HIDE: "hidden",
    Outcome.REMOVE: "removed",
    Outcome.CLEAR: "cleared",
    Outcome.LOCK: "upheld",
    Outcome.SLOW: "upheld",
    Outcome.MOVE: "upheld",
    Outcome.WARN: "upheld",
    Outcome.SILENCE: "removed",
    Outcome.SUSPEND: "removed",
    Outcome.CLOSE: "removed",
}
# By letter, at once and to the end of the matter: whoever is suspended can't sign in to read a notice.
_BY_LETTER = "decision_by_letter"


def of_decision(case: Case, decision: Decision, *, published: bool, deleted: bool) -> None:
    """Tell the author and the flaggers; `published`: a held post, `deleted`: by its author before. Joins the caller."""
    common = {"rule": decision.rule, **({"deleted": True} if deleted else {}), **fact_of_kind(case)}
    hidden = {"hidden": True} if case.hidden_at else {}
    if case.is_about_person and decision.outcome in policy.LASTING and not cleared(decision):
        hidden = {"untouched": True}
    facts = {"outcome": str(decision.outcome), "decision": decision.id, **common, **hidden}
    kind = "published" if published else _BY_LETTER if decision.suspended_until else "decision"
    tell(case.author_id, kind, keys.of_decision(decision), post_id=case.post_id, facts=facts)
    if kind == _BY_LETTER:
        _owe_letter(case.author, decision)
    if (starter_id := policy.starter_of(decision)) is not None:
        about_thread = {**facts, "about": str(Kind.THREAD)}
        tell(starter_id, "decision", keys.of_decision(decision), post_id=case.post_id, facts=about_thread)
    seen = {"outcome": _for_flaggers(case, decision), **common}
    tell_all(
        Notice(flagger_id, "flag_outcome", keys.of_flag(flag_id, decision), post_id=case.post_id, facts=seen)
        for flag_id, flagger_id in queries.flaggers_of(case.id)
    )


def _for_flaggers(case: Case, decision: Decision) -> str:
    if case.is_about_person and decision.outcome in (*policy.LASTING, Outcome.CLOSE):
        return _OUTCOME_FOR_FLAGGERS[Outcome.CLEAR if cleared(decision) else Outcome.WARN]
    return _OUTCOME_FOR_FLAGGERS[Outcome(decision.outcome)]


def _owe_letter(author: User, decision: Decision) -> None:
    """Owe the letter that tells of a suspension, to an address that is known to be theirs."""
    if author.email and author.email_key and not author.is_closed:
        facts = {"name": author.name, "decision": decision.id}
        owe(
            "suspended", author.email, keys.of_letter(decision), language=author.language, user_id=author.id,
            facts=facts, after=UNDO_WINDOW,
        )  # fmt: skip


def of_reversal(case: Case, decision: Decision, told: Collection[int]) -> None:
    """Tell them that it counts no more, all but `told`. Joins the caller's transaction."""
    about = fact_of_kind(case)
    facts = {"decision": decision.id, "outcome": str(decision.outcome), **about}
    key = f"{keys.of_decision(decision)}:reversed"
    notices = [
        Notice(case.author_id, "decision_reversed", key, post_id=case.post_id, facts=facts),
        *(
            Notice(flagger_id, "flag_corrected", f"flag:{flag_id}:corrected", post_id=case.post_id, facts=about)
            for flag_id, flagger_id in queries.flaggers_of(case.id)
        ),
    ]
    if (starter_id := policy.starter_of(decision)) is not None:
        of_thread = {**facts, "about": str(Kind.THREAD)}
        notices.append(Notice(starter_id, "decision_reversed", key, post_id=case.post_id, facts=of_thread))
    tell_all(notice for notice in notices if notice.user_id not in told)


def fact_of_kind(case: Case) -> dict[str, str]:
    """Return the fact with which a notice says that it is not about a single post."""
    return {} if case.kind == Kind.POST else {"about": str(case.kind)}
