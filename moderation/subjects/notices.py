"""The notices about cases on threads and profiles: to whose it is, and to who flagged it."""

from __future__ import annotations

from flask_babel import gettext as _

from moderation.models import Kind, Outcome


def to_person(kind: str, outcome: str, rule: str, *, untouched: bool = False) -> str:
    """Return the notice to whoever a decision is about; `rule` is the rule's name. "" for a post or an account."""
    if outcome == Outcome.CLOSE:
        return ""
    sentences: dict[tuple[str, str], str] = {
        (Kind.THREAD, Outcome.KEEP): _("A moderator looked at your thread and kept it."),
        (Kind.THREAD, Outcome.HIDE): _("Your thread was hidden. Rule: %(rule)s. Read why.", rule=rule),
        (Kind.THREAD, Outcome.REMOVE): _("Your thread was removed. Rule: %(rule)s. Read why.", rule=rule),
        (Kind.THREAD, Outcome.LOCK): _("Your thread was locked. Rule: %(rule)s. Read why.", rule=rule),
        (Kind.THREAD, Outcome.SLOW): _("Your thread is in slow mode now. Rule: %(rule)s. Read why.", rule=rule),
        (Kind.THREAD, Outcome.MOVE): _(
            "Your thread was moved into another sub-theme. Rule: %(rule)s. Read why.", rule=rule
        ),
        (Kind.THREAD, Outcome.WARN): _("You were warned because of a thread. Rule: %(rule)s. Read why.", rule=rule),
        (Kind.THREAD, Outcome.SILENCE): _(
            "Your thread was removed and you were silenced. Rule: %(rule)s. Read why.", rule=rule
        ),
        (Kind.THREAD, Outcome.SUSPEND): _(
            "Your thread was removed and you were suspended. Rule: %(rule)s. Read why.", rule=rule
        ),
        (Kind.PROFILE, Outcome.KEEP): _("A moderator looked at your profile and kept it."),
        (Kind.PROFILE, Outcome.CLEAR): _("Parts of your profile were cleared. Rule: %(rule)s. Read why.", rule=rule),
        (Kind.PROFILE, Outcome.WARN): _(
            "You were warned because of your profile. Rule: %(rule)s. Read why.", rule=rule
        ),
        (Kind.PROFILE, Outcome.SILENCE): _(
            "Parts of your profile were cleared and you were silenced. Rule: %(rule)s. Read why.", rule=rule
        ),
        (Kind.PROFILE, Outcome.SUSPEND): _(
            "Parts of your profile were cleared and you were suspended. Rule: %(rule)s. Read why.", rule=rule
        ),
    }
    if untouched and kind == Kind.PROFILE:
        sentences |= {
            (kind, Outcome.SILENCE): _(
                "You were silenced because of your profile. Rule: %(rule)s. Read why.", rule=rule
            ),
            (kind, Outcome.SUSPEND): _(
                "You were suspended because of your profile. Rule: %(rule)s. Read why.", rule=rule
            ),
        }
    plain: dict[str, str] = {
        Kind.THREAD: _("A moderator decided about your thread."),
        Kind.PROFILE: _("A moderator decided about your profile."),
    }
    return sentences.get((kind, outcome)) or plain.get(kind, "")


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
