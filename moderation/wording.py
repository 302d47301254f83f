"""The words of this room beside outcomes: acts of the public log, why a case stands where it does, its cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.threads import reasons
from moderation.models import Alike, Case, Flag, Outcome, Source
from moderation.outcomes import (
    CHOICES,
    choices,
    decided,
    decided_outcome,
    decided_to_author,
    decided_to_starter,
    groups,
    next_steps,
    steps_of_starter,
)
from moderation.rules import name_of
from moderation.scoring import LEARNED_POINTS, POINTS_A_DAY, POINTS_MOST, Explanation, Sum, percent_of
from moderation.subjects import words as subjects

SOURCES: dict[str, Any] = {
    Source.FLAGS: _l("Flagged"),
    Source.SCREENING: _l("Held before publication"),
    Source.WATCHED: _l("Published with a watched word"),
    Source.APPEAL: _l("After an appeal"),
}
# The pages ask for these here, too.
__all__ = [
    "CHOICES",
    "choices",
    "decided",
    "decided_outcome",
    "decided_to_author",
    "decided_to_starter",
    "groups",
    "next_steps",
    "steps_of_starter",
]
# of what kind of thing soever, for figures
OUTCOMES: dict[str, Any] = {Outcome.CLEAR: _l("Parts of a profile cleared"), **CHOICES[Source.FLAGS]}
PARTS, KINDS_OF_CASE, ONE = subjects.PARTS, subjects.KINDS, subjects.ONE
EARLIER, SUBJECT = subjects.EARLIER, subjects.SUBJECT
QUEUED = (Source.FLAGS, Source.SCREENING, Source.WATCHED)  # what the queue can be narrowed to
LANGUAGES: dict[str, Any] = {"en": _l("English"), "zh": _l("Chinese")}
AGES: dict[str, Any] = {"1": _l("Over a day"), "2": _l("Over two days"), "7": _l("Over a week")}
ASSIGNED: dict[str, Any] = {"mine": _l("Me"), "nobody": _l("Nobody"), "somebody": _l("Somebody")}
ACTS: dict[str, Any] = {
    "post.kept": _l("A post was kept"),
    "post.hidden": _l("A post was hidden"),
    "post.removed": _l("A post was removed"),
    "post.redacted": _l("Something was cut out of a post"),
    "post.hidden_by_program": _l("A post was hidden by the program, after flags, until a moderator has looked"),
    "post.approved": _l("A held post was published"),
    "post.condemned": _l("A post that its author had deleted was found against the rules"),
    "post.acquitted": _l("A post that its author had deleted was found within the rules"),
    "person.warned": _l("Somebody was warned"),
    "person.silenced": _l("Somebody was silenced"),
    "person.closed": _l("An account was closed for spam, with all its posts"),
    "person.suspended": _l("Somebody was suspended"),
    "thread.pinned": _l("A thread was pinned"),
    "thread.unpinned": _l("A thread was unpinned"),
    "thread.locked": _l("A thread was locked"),
    "thread.unlocked": _l("A thread was unlocked"),
    "thread.moved": _l("A thread was moved"),
    "thread.asked": _l("A thread was put to the experts"),
    "thread.unasked": _l("A thread is no question to the experts any more"),
    "thread.answered": _l("An expert’s answer was chosen as the answer"),
    "thread.unanswered": _l("The choice of an answer was taken back"),
    "thread.answer_locked": _l("The choice of an answer was locked"),
    "thread.answer_unlocked": _l("The choice of an answer was unlocked"),
    "thread.slowed": _l("A thread was put into slow mode"),
    "thread.unslowed": _l("A thread was taken out of slow mode"),
    "account.age": _l("An age group was changed"),
    "account.approved": _l("A new account was approved"),
    "account.refused": _l("A new account was refused"),
    "account.confirmed": _l("An e-mail address was confirmed by hand"),
    "person.reset_sent": _l("Somebody was sent a link to set a new password"),
    "person.signed_out": _l("Somebody was signed out everywhere"),
    "person.merged": _l("Two accounts of one person were merged"),
    "account.merged": _l("An account was merged into another of the same person"),
    "account.deleted": _l("An account was deleted by the operators"),
    "registration.children": _l("Whether children under 14 can join was changed"),
    "registration.changed": _l("The way to join was changed"),
    "flags.visitors": _l("Whether visitors may flag was changed"),
    "rules.published": _l("A new version of the rules was published"),
    "role.changed": _l("A role was changed"),
    "moderator.appointed": _l("Somebody was made moderator of a sub-theme"),
    "moderator.dismissed": _l("Somebody is no longer moderator of a sub-theme"),
    "staff.second_factor": _l("Whether staff need a second factor was changed"),
    "credential.granted": _l("An expert's credential was granted"),
    "credential.renewed": _l("An expert's credential was renewed"),
    "credential.declined": _l("An application for an expert's credential was declined"),
    "credential.revoked": _l("An expert's credential was revoked"),
    "subtheme.created": _l("A sub-theme was created"),
    "subtheme.edited": _l("A sub-theme was edited"),
    "subtheme.archived": _l("A sub-theme was archived"),
    **subjects.ACTS,
}
ROLES: dict[str, Any] = {
    "moderator": _l("Moderator"),
    "admin": _l("Administrator"),
    "netizen": _l("Netizen"),
    "system": _l("The operator, on the console"),
}
PROGRAM = _l("The program")  # in no office: a row of the log that says "automatic"
_ALIKE: dict[str, Any] = {
    Alike.NETWORK: _l("same network"),
    Alike.JOINED: _l("signed up in the same hour"),
    Alike.TARGETS: _l("flag the same posts"),
    Alike.VISITED: _l("visitors of the same hour"),
}


def score_lines(sum_: Explanation) -> list[tuple[str, float, str]]:
    """Return the lines of the table that explains a score: label, points, how they come about."""
    lines = [
        (
            str(name_of(part.sum.reason)),
            part.points,
            _("%(people)s, together %(weight)s × %(urgency)s for the rule")
            % {"people": people(part.sum), "weight": f"{part.sum.weight:.1f}", "urgency": f"{part.urgency:.1f}"},
        )
        for part in sum_.flags
    ]
    if sum_.held:
        lines.append((_("Held"), sum_.held, _("its author waits for it to be read")))
    if sum_.learned:
        lines.append((_("Looks like removed posts"), sum_.learned, _learned(sum_.learned)))
    if sum_.hidden:
        lines.append((_("Hidden by the program"), sum_.hidden, _("somebody must look before all others")))
    if sum_.first:
        lines.append((_("Comes first"), sum_.first, _("whatever others were flagged for")))
    if sum_.cut:
        lines.append((_("Capped"), sum_.cut, _("flags count up to %(most)s", most=round(POINTS_MOST))))
    lines.append((_("Waiting"), sum_.waiting, _("%(span)s, %(points)s a day") % _waiting(sum_.waited)))
    return lines


def _learned(points: float) -> str:
    share = percent_of(points / LEARNED_POINTS)
    return _("%(percent)s %% likely, as the ranker learned from decisions; at most %(most)s", percent=share,
             most=round(LEARNED_POINTS))  # fmt: skip


def people(sum_: Sum) -> str:
    """Return how many people flagged for one reason and, if some look alike, as how many they count and why."""
    number = ngettext("%(num)s person", "%(num)s people", sum_.people)
    if sum_.visitors == sum_.people:
        number = ngettext("a visitor", "%(num)s visitors", sum_.visitors)
    elif sum_.visitors:
        among = ngettext("a visitor among them", "%(num)s visitors among them", sum_.visitors)
        number = _("%(people)s (%(visitors)s)", people=number, visitors=among)
    if not sum_.alike or sum_.counted == sum_.people:
        return number
    signs = _(", ").join(str(_ALIKE[alike]) for alike in _ALIKE if alike in sum_.alike)
    return _("%(people)s, counted as %(number)s: %(signs)s", people=number, number=sum_.counted, signs=signs)


def alike(flag: Flag) -> Any:
    """Return in what the flag's sender is like others who flagged the same, "" for nobody of their kind."""
    return _ALIKE.get(flag.alike, "")


def _waiting(span: timedelta) -> dict[str, str]:
    return {"span": format_timedelta(span, threshold=1.2), "points": f"{POINTS_A_DAY:.0f}"}


_QUOTES_CUT = _l("It quotes words that a moderator has cut out of another post.")


def held(code: str) -> Any:
    """Return why a post was held, from the screening's code."""
    return _QUOTES_CUT if code == "quotes_cut" else reasons.name_of(code) or code


def cause(case: Case) -> Any:
    """Return why a post was looked at, as its author may know it: never by whom."""
    if not case.is_about_post:
        return subjects.cause(case)
    if case.source == Source.WATCHED:
        watched = _l("It has words in it of which moderators want to be told.")
        return held(case.held_reason) if case.held_reason else watched
    if case.source == Source.APPEAL:
        return _l("It was flagged and kept at first; after an appeal somebody else looked at it again.")
    return held(case.held_reason) if case.source == Source.SCREENING else _l("It was flagged.")


def by_whom(case: Case) -> Any:
    """Return who decided, always a moderator, and whether a program took part before."""
    if case.hidden_at:
        return _l("decided by a moderator; until then a program had hidden the post, after flags")
    return _l("decided by a moderator, not by a program")
