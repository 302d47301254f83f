"""What an outcome will do, in words, before it is chosen: to the post, its author and the people who flagged it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from forum.accounts.models import Standing
from forum.threads.models import State
from moderation.models import Case, Kind, Outcome, Source
from moderation.policy import ABOUT_THREAD
from moderation.subjects import previews as of_subjects

_TO_THE_REST: dict[str, Any] = {
    **of_subjects.TO_THE_THREAD,
    Outcome.HIDE: _l("The post is hidden: only its author and moderators see it."),
    Outcome.EDIT_OUT: _l(
        "Readers see the rest, with a mark where something is missing. The former text goes from everywhere but this "
        "case, which keeps it until nobody can appeal any more."
    ),
}


def preview(outcome: str, case: Case) -> list[Any]:
    """Return what deciding this open case so will do, a sentence each. The case's post and author must be loaded."""
    if case.kind != Kind.POST and outcome != Outcome.CLOSE:
        return of_subjects.previews(outcome, case)
    sentences = [_to_the_post(outcome, case), _to_the_author(outcome, case), _to_the_flaggers(outcome, case)]
    return [sentence for sentence in sentences if sentence]


def _to_the_post(outcome: str, case: Case) -> str:
    if outcome == Outcome.CLOSE:
        return _(
            "All posts of the account are removed, %(number)s published ones among them, step by step; they can be "
            "brought back as one.",
            number=case.author.published_count,
        )
    if case.the_post.state == State.DELETED:
        return _("The post stays deleted, as its author left it.")
    if outcome in _TO_THE_REST:
        return str(_TO_THE_REST[outcome])
    if outcome in (Outcome.REMOVE, Outcome.SILENCE, Outcome.SUSPEND):
        removed = _("The post is removed: readers see a line with the rule in its place.")
        return _("The post is not published.") if case.source == Source.SCREENING else removed
    if case.source == Source.SCREENING and case.the_post.state == State.HELD:
        return _("The post is published, and whom it concerns is told.")
    hidden = case.hidden_at is not None and case.the_post.state == State.HIDDEN
    return _("The post, which the program has hidden, can be seen again.") if hidden else _("The post stays visible.")


def _to_the_author(outcome: str, case: Case) -> str:
    if outcome == Outcome.KEEP:
        if case.source == Source.SCREENING and case.author.standing == Standing.WAITING:
            return _("Its author’s account is approved with it.")
        return _("Its author is told.")
    return str(_TO_AUTHOR.get(outcome, _STRIKE))


_STRIKE = _l("Its author gets a strike and is told the rule and your reason.")
_NO_STRIKE = _l("Its author is told the rule and your reason; it is no strike.")
_TO_AUTHOR: dict[str, Any] = {
    **dict.fromkeys(ABOUT_THREAD, _NO_STRIKE),
    Outcome.SILENCE: _l(
        "Its author can read, but not write, flag or change their name until the date, gets a strike, and is told "
        "the rule and your reason."
    ),
    Outcome.SUSPEND: _l("Its author can’t write until the date, gets a strike, and is told the rule and your reason."),
    Outcome.CLOSE: _l(
        "Its author is signed out and suspended for good, their flags count no more, and they are told the rule and "
        "your reason by letter."
    ),
}


def _to_the_flaggers(outcome: str, case: Case) -> str:
    if case.kind != Kind.POST:
        return of_subjects.to_the_flaggers(outcome, case)
    if not case.flag_count:
        return ""
    if outcome == Outcome.KEEP:
        return ngettext(
            "%(num)s person who flagged it is told that it was kept, and their flag counts as mistaken.",
            "%(num)s people who flagged it are told that it was kept, and their flags count as mistaken.",
            case.flag_count,
        )
    return ngettext(
        "%(num)s person who flagged it is told what became of the post.",
        "%(num)s people who flagged it are told what became of the post.",
        case.flag_count,
    )
