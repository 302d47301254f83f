"""A flag as its sender reads it: received, in review or decided, and by which rule; never what a person got for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from forum.threads.addresses import thread_url
from forum.threads.models import State
from moderation import rules
from moderation.models import Case, Flag, Kind, Outcome
from moderation.reports.models import MessageReport, Verdict
from moderation.subjects import words as subjects

RECEIVED = _l("Received: it waits for a moderator")
IN_REVIEW = _l("In review: a moderator is reading it")
# What becomes of a person is not a flagger's business: a suspension reads as what it does to the post.
_OUTCOMES: dict[str, Any] = {
    Outcome.KEEP: _l("Decided: the post was kept"),
    Outcome.HIDE: _l("Decided: the post was hidden"),
    Outcome.REMOVE: _l("Decided: the post was removed"),
    Outcome.EDIT_OUT: _l("Decided: something was cut out of the post"),
    Outcome.LOCK: _l("Decided: your flag was upheld, and the thread was locked"),
    Outcome.SLOW: _l("Decided: your flag was upheld, and the thread was put into slow mode"),
    Outcome.MOVE: _l("Decided: your flag was upheld, and the thread was moved"),
    Outcome.WARN: _l("Decided: your flag was upheld, and the post stays visible"),
    Outcome.SILENCE: _l("Decided: the post was removed"),
    Outcome.SUSPEND: _l("Decided: the post was removed"),
    Outcome.CLOSE: _l("Decided: the post was removed"),
}
_DECIDED = _l("Decided")
_OF_DELETED = {
    True: _l("Decided: your flag was upheld; the author had already deleted the post"),
    False: _l("Decided: nothing against the rules was found; the author had already deleted the post"),
}
_AFTER_APPEAL = {
    True: _l("Decided: the post was kept at first; after an appeal your flag was upheld"),
    False: _l("Decided: your flag was upheld at first; after an appeal the decision was taken back"),
}
_VERDICTS: dict[str, Any] = {
    Verdict.DISMISS: _l("Decided: the messages were found within the rules"),
    Verdict.WARN: _l("Decided: your flag was upheld, and a moderator acted"),
    Verdict.SUSPEND: _l("Decided: your flag was upheld, and a moderator acted"),
}
_MESSAGES_AFTER_APPEAL = _l(
    "Decided: the messages were found within the rules at first; after an appeal your flag was upheld"
)
MEANWHILE = _l("Until then the program has hidden the post.")


@dataclass(frozen=True)
class Place:
    """Where something public that was flagged can be read, and what it is called there; `lang` is that of the title."""

    href: str
    title: str
    lang: str = ""


@dataclass(frozen=True)
class Receipt:
    """One flag for its sender; without `place` where what was flagged is not public (any more), and for messages."""

    number: int
    href: str
    sent_at: datetime
    chosen: Any  # the name of the rule that the sender chose
    note: str
    state: Any
    is_decided: bool
    decided_at: datetime | None
    rule: str  # code of the rule applied, "" for none
    rules_version: int
    kind: Any = ""  # post, thread or profile, in words
    place: Place | None = None
    withdrawn: Any = ""  # what stands where there is no place
    is_hidden_meanwhile: bool = False
    is_about_messages: bool = False
    appeal_href: str = ""  # where a decision to keep can be appealed against, and the answer is read

    @property
    def applied(self) -> Any:
        """The name of the rule that was applied, as it was then."""
        return rules.name_of(self.rule, self.rules_version)


def of_flag(flag: Flag) -> Receipt:
    """Return the receipt of a flag that was loaded by queries."""
    case, decision = flag.case, flag.case.decision
    return Receipt(
        number=flag.id,
        href=url_for("receipts.of_post", flag_id=flag.id),
        sent_at=flag.created_at,
        chosen=rules.name_of(flag.reason),
        note=flag.note,
        state=state_of(flag),
        is_decided=decision is not None,
        decided_at=decision.decided_at if decision else None,
        rule=decision.rule if decision and decision.stands else "",
        rules_version=decision.rules_version if decision else 1,
        kind=subjects.ONE[case.kind],
        place=_place(case),
        withdrawn=subjects.WITHDRAWN[case.kind],
        is_hidden_meanwhile=decision is None and not case.is_about_person and case.the_post.is_hidden_by_flags,
        appeal_href=url_for("appeals.own", decision_id=decision.id)
        if decision and decision.outcome == Outcome.KEEP
        else "",
    )


def _place(case: Case) -> Place | None:
    """Return where everybody can read it, None where not everybody can."""
    if case.kind == Kind.PROFILE:
        person = case.author
        return None if person.is_closed else Place(url_for("people.profile", username=person.username), person.name)
    post, thread = case.the_post, case.the_post.thread
    if thread.state != State.VISIBLE or (case.kind == Kind.POST and not post.is_visible):
        return None
    href = thread_url(thread) if case.kind == Kind.THREAD else url_for("posts.show", post_id=post.id)
    return Place(href, thread.title, thread.lang)


def state_of(flag: Flag) -> Any:
    """Return in words what became of a flag so far."""
    decision = flag.case.decision
    if decision is None and not flag.case.is_open:
        return _OUTCOMES[Outcome.REMOVE]  # its author's account was closed, and all their posts went with it
    if decision is None:
        return IN_REVIEW if flag.case.holder_id else RECEIVED
    kind = flag.case.kind
    if not decision.stands and flag.upheld is not None:
        return (_AFTER_APPEAL if kind == Kind.POST else subjects.RECEIPTS_AFTER_APPEAL[kind])[flag.upheld]
    if kind != Kind.POST:
        return subjects.RECEIPTS[kind].get(decision.outcome) or _OUTCOMES.get(decision.outcome, _DECIDED)
    if decision.came_after_deletion:
        return _OF_DELETED[decision.outcome != Outcome.KEEP]
    return _OUTCOMES.get(decision.outcome, _DECIDED)


def of_report(report: MessageReport) -> Receipt:
    """Return the receipt of flagged messages."""
    return Receipt(
        number=report.id,
        href=url_for("receipts.of_messages", report_id=report.id),
        sent_at=report.created_at,
        chosen=rules.name_of(report.broken_rule),
        note=report.note,
        state=_state_of_report(report),
        is_decided=not report.is_open,
        decided_at=report.decided_at,
        rule=report.rule if report.stands else "",
        rules_version=report.rules_version,
        is_about_messages=True,
        appeal_href=url_for("message_appeals.own", report_id=report.id) if report.is_dismissed else "",
    )


def _state_of_report(report: MessageReport) -> Any:
    if report.is_open:
        return RECEIVED
    if not report.stands:
        return _MESSAGES_AFTER_APPEAL if report.is_dismissed else _AFTER_APPEAL[False]
    return _VERDICTS.get(report.verdict, _DECIDED)
