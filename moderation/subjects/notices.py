"""The notices about cases on threads and profiles: to whose it is, and to who flagged it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from moderation.models import Kind, Outcome

_TO_PERSON: dict[tuple[str, str], Any] = {
    (Kind.THREAD, Outcome.KEEP): _l("A moderator looked at your thread and kept it."),
    (Kind.THREAD, Outcome.HIDE): _l("Your thread was hidden. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.REMOVE): _l("Your thread was removed. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.LOCK): _l("Your thread was locked. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.SLOW): _l("Your thread is in slow mode now. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.MOVE): _l("Your thread was moved into another sub-theme. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.WARN): _l("You were warned because of a thread. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.SILENCE): _l("Your thread was removed and you were silenced. Rule: %(rule)s. Read why."),
    (Kind.THREAD, Outcome.SUSPEND): _l("Your thread was removed and you were suspended. Rule: %(rule)s. Read why."),
    (Kind.PROFILE, Outcome.KEEP): _l("A moderator looked at your profile and kept it."),
    (Kind.PROFILE, Outcome.CLEAR): _l("Parts of your profile were cleared. Rule: %(rule)s. Read why."),
    (Kind.PROFILE, Outcome.WARN): _l("You were warned because of your profile. Rule: %(rule)s. Read why."),
    (Kind.PROFILE, Outcome.SILENCE): _l(
        "Parts of your profile were cleared and you were silenced. Rule: %(rule)s. Read why."
    ),
    (Kind.PROFILE, Outcome.SUSPEND): _l(
        "Parts of your profile were cleared and you were suspended. Rule: %(rule)s. Read why."
    ),
}
_UNTOUCHED: dict[tuple[str, str], Any] = {
    (Kind.PROFILE, Outcome.SILENCE): _l("You were silenced because of your profile. Rule: %(rule)s. Read why."),
    (Kind.PROFILE, Outcome.SUSPEND): _l("You were suspended because of your profile. Rule: %(rule)s. Read why."),
}
_PLAIN: dict[str, Any] = {
    Kind.THREAD: _l("A moderator decided about your thread."),
    Kind.PROFILE: _l("A moderator decided about your profile."),
}


def to_person(kind: str, outcome: str, rule: str, *, untouched: bool = False) -> str:
    """Return the notice to whoever a decision is about; `rule` is the rule's name. "" for a post or an account."""
    if outcome == Outcome.CLOSE:
        return ""
    sentences = {**_TO_PERSON, **_UNTOUCHED} if untouched else _TO_PERSON
    return str(sentences.get((kind, outcome)) or _PLAIN.get(kind, "")) % {"rule": rule}


def to_flagger(kind: str, outcome: str, rule: str) -> str:
    """Return the notice to somebody who flagged it; `outcome` is what telling says of it, never a sanction."""
    thread = {
        "kept": _("A thread that you flagged was looked at and kept."),
        "hidden": _("A thread that you flagged was hidden. Rule: %(rule)s.", rule=rule),
        "removed": _("A thread that you flagged was removed. Rule: %(rule)s.", rule=rule),
        "upheld": _("Your flag was upheld, and the thread stays visible. Rule: %(rule)s.", rule=rule),
    }
    profile = {
        "kept": _("A profile that you flagged was looked at and kept."),
        "cleared": _("Parts of a profile that you flagged were cleared. Rule: %(rule)s.", rule=rule),
        "upheld": _("Your flag was upheld, and the profile stays as it is. Rule: %(rule)s.", rule=rule),
    }
    sentences, plain = (
        (thread, _("A thread that you flagged was decided about."))
        if kind == Kind.THREAD
        else (profile, _("A profile that you flagged was decided about."))
    )
    return sentences.get(outcome, plain)


def taken_back(kind: str) -> str:
    """Return the notice to whoever a decision was about that was taken back."""
    if kind == Kind.PROFILE:
        return _("A decision about your profile was taken back. It counts no more.")
    return _("A decision about your thread was taken back. It counts no more.")


def corrected(kind: str) -> str:
    """Return the notice to somebody whose flag was upheld first, and is not any more."""
    if kind == Kind.PROFILE:
        return _("A profile that you flagged was looked at again. The decision against it was taken back.")
    return _("A thread that you flagged was looked at again. The decision against it was taken back.")


def upheld_later(kind: str, rule: str) -> str:
    """Return the notice to somebody whose flag was right after all."""
    if kind == Kind.PROFILE:
        return _("A profile that you flagged was looked at again: you were right. Rule: %(rule)s.", rule=rule)
    return _("A thread that you flagged was looked at again: you were right. Rule: %(rule)s.", rule=rule)
