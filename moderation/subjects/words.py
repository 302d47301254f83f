"""The words about cases on threads and profiles, by what a case is about; those on posts stand in `outcome_words`."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from moderation.models import Case, Decision, Kind, Outcome

KINDS: dict[str, Any] = {Kind.POST: _l("Posts"), Kind.THREAD: _l("Threads"), Kind.PROFILE: _l("Profiles")}
ONE: dict[str, Any] = {Kind.POST: _l("Post"), Kind.THREAD: _l("Thread"), Kind.PROFILE: _l("Profile")}

CHOICES: dict[str, dict[str, Any]] = {
    Kind.THREAD: {
        Outcome.KEEP: _l("Keep"),
        Outcome.HIDE: _l("Hide the thread"),
        Outcome.REMOVE: _l("Remove the thread"),
        Outcome.WARN: _l("Warn, keep visible"),
        Outcome.SILENCE: _l("Remove and silence"),
        Outcome.SUSPEND: _l("Remove and suspend"),
    },
    Kind.PROFILE: {
        Outcome.KEEP: _l("Keep"),
        Outcome.CLEAR: _l("Clear what is ticked"),
        Outcome.WARN: _l("Warn, keep visible"),
        Outcome.SILENCE: _l("Clear what is ticked, and silence"),
        Outcome.SUSPEND: _l("Clear what is ticked, and suspend"),
        Outcome.CLOSE: _l("Close for spam"),
    },
}
DECIDED: dict[str, dict[str, Any]] = {
    Kind.THREAD: {
        Outcome.KEEP: _l("The thread was kept"),
        Outcome.HIDE: _l("The thread was hidden"),
        Outcome.REMOVE: _l("The thread was removed"),
        Outcome.LOCK: _l("The thread was locked"),
        Outcome.SLOW: _l("The thread was put into slow mode"),
        Outcome.MOVE: _l("The thread was moved into another sub-theme"),
        Outcome.WARN: _l("The thread’s author was warned; the thread stays visible"),
        Outcome.SILENCE: _l("The thread was removed and its author silenced"),
        Outcome.SUSPEND: _l("The thread was removed and its author suspended"),
    },
    Kind.PROFILE: {
        Outcome.KEEP: _l("The profile was kept"),
        Outcome.CLEAR: _l("Parts of the profile were cleared"),
        Outcome.WARN: _l("The person was warned; the profile stays as it is"),
        Outcome.SILENCE: _l("Parts of the profile were cleared and the person silenced"),
        Outcome.SUSPEND: _l("Parts of the profile were cleared and the person suspended"),
    },
}
TO_AUTHOR: dict[str, dict[str, Any]] = {
    Kind.THREAD: {
        Outcome.KEEP: _l("Your thread was kept"),
        Outcome.HIDE: _l("Your thread was hidden"),
        Outcome.REMOVE: _l("Your thread was removed"),
        Outcome.LOCK: _l("Your thread was locked"),
        Outcome.SLOW: _l("Your thread was put into slow mode"),
        Outcome.MOVE: _l("Your thread was moved into another sub-theme"),
        Outcome.WARN: _l("You were warned; your thread stays visible"),
        Outcome.SILENCE: _l("Your thread was removed and you were silenced"),
        Outcome.SUSPEND: _l("Your thread was removed and you were suspended"),
    },
    Kind.PROFILE: {
        Outcome.KEEP: _l("Your profile was kept"),
        Outcome.CLEAR: _l("Parts of your profile were cleared"),
        Outcome.WARN: _l("You were warned; your profile stays as it is"),
        Outcome.SILENCE: _l("Parts of your profile were cleared and you were silenced"),
        Outcome.SUSPEND: _l("Parts of your profile were cleared and you were suspended"),
    },
}
# The same where a moderator ticked nothing of the profile.
UNTOUCHED: dict[str, Any] = {
    Outcome.SILENCE: _l("The person was silenced; the profile stays as it is"),
    Outcome.SUSPEND: _l("The person was suspended; the profile stays as it is"),
}
UNTOUCHED_TO_AUTHOR: dict[str, Any] = {
    Outcome.SILENCE: _l("You were silenced; your profile stays as it is"),
    Outcome.SUSPEND: _l("You were suspended; your profile stays as it is"),
}
NEXT: dict[str, dict[str, Any]] = {
    Kind.THREAD: {
        Outcome.KEEP: _l("Nothing needs to be done: the thread can be seen by everybody."),
        Outcome.HIDE: _l("Only you and the moderators see the thread now. You can begin another within the rules."),
        Outcome.REMOVE: _l("You can begin another thread that keeps to the rules."),
        Outcome.LOCK: _l("The thread can be read, but takes no more replies. It does not count against you."),
        Outcome.SLOW: _l("Everybody waits between two posts in the thread. It does not count against you."),
        Outcome.MOVE: _l("Old links still lead to the thread. It does not count against you."),
        Outcome.WARN: _l("The thread stays. Please change what breaks the rule, and keep to it from now on."),
        Outcome.SILENCE: _l("You can read everything. When the silence ends, you can write as before."),
        Outcome.SUSPEND: _l("You can read everything. When the suspension ends, sign in as before."),
    },
    Kind.PROFILE: {
        Outcome.KEEP: _l("Nothing needs to be done: your profile stays as it is."),
        Outcome.CLEAR: _l(
            "You can say something else of yourself, within the rules. What was cleared can't be set again."
        ),
        Outcome.WARN: _l("Your profile stays. Please change what breaks the rule, and keep to it from now on."),
        Outcome.SILENCE: _l("You can read everything. When the silence ends, you can write as before."),
        Outcome.SUSPEND: _l("You can read everything. When the suspension ends, sign in as before."),
    },
}
# What becomes of a person is not a flagger's business: a suspension reads as what it does to what was flagged.
RECEIPTS: dict[str, dict[str, Any]] = {
    Kind.THREAD: {
        Outcome.KEEP: _l("Decided: the thread was kept"),
        Outcome.HIDE: _l("Decided: the thread was hidden"),
        Outcome.REMOVE: _l("Decided: the thread was removed"),
        Outcome.WARN: _l("Decided: your flag was upheld, and the thread stays visible"),
        Outcome.SILENCE: _l("Decided: the thread was removed"),
        Outcome.SUSPEND: _l("Decided: the thread was removed"),
        Outcome.CLOSE: _l("Decided: the thread was removed"),
    },
    Kind.PROFILE: {
        Outcome.KEEP: _l("Decided: the profile was kept"),
        Outcome.CLEAR: _l("Decided: parts of the profile were cleared"),
        Outcome.WARN: _l("Decided: your flag was upheld, and the profile stays as it is"),
        Outcome.SILENCE: _l("Decided: parts of the profile were cleared"),
        Outcome.SUSPEND: _l("Decided: parts of the profile were cleared"),
        Outcome.CLOSE: _l("Decided: parts of the profile were cleared"),
    },
}
RECEIPTS_AFTER_APPEAL: dict[str, dict[bool, Any]] = {
    Kind.THREAD: {
        True: _l("Decided: the thread was kept at first; after an appeal your flag was upheld"),
        False: _l("Decided: your flag was upheld at first; after an appeal the decision was taken back"),
    },
    Kind.PROFILE: {
        True: _l("Decided: the profile was kept at first; after an appeal your flag was upheld"),
        False: _l("Decided: your flag was upheld at first; after an appeal the decision was taken back"),
    },
}
KEPT: dict[str, Any] = {
    Kind.POST: _l("A post that you flagged was kept"),
    Kind.THREAD: _l("A thread that you flagged was kept"),
    Kind.PROFILE: _l("A profile that you flagged was kept"),
}
SUBJECT: dict[str, Any] = {
    Kind.POST: _l("The post it is about"),
    Kind.THREAD: _l("The thread it is about"),
    Kind.PROFILE: _l("The profile it is about"),
}
WITHDRAWN: dict[str, Any] = {  # nothing to show of it to whoever flagged it
    Kind.POST: _l("A post that not everybody can see now"),
    Kind.THREAD: _l("A thread that not everybody can see now"),
    Kind.PROFILE: _l("A profile"),
}
EARLIER: dict[str, Any] = {
    Kind.POST: _l("Earlier decisions about this post"),
    Kind.THREAD: _l("Earlier decisions about this thread’s first post or the thread"),
    Kind.PROFILE: _l("Earlier decisions about this profile"),
}
TO_THREAD_AFTER_KEEP: dict[str, Any] = {
    Outcome.LOCK: _l("Overturn it: lock the thread"),
    Outcome.SLOW: _l("Overturn it: put the thread into slow mode"),
    Outcome.MOVE: _l("Overturn it: move the thread"),
    Outcome.CLOSE: _l("Overturn it: close the account for spam"),
}
AGAINST_KEEP: dict[str, dict[str, Any]] = {
    Kind.THREAD: {
        "uphold": _l("The decision stands: the thread is kept"),
        Outcome.HIDE: _l("Overturn it: hide the thread"),
        Outcome.REMOVE: _l("Overturn it: remove the thread"),
        Outcome.WARN: _l("Overturn it: warn the author, keep the thread visible"),
        Outcome.SILENCE: _l("Overturn it: remove the thread and silence the author"),
        Outcome.SUSPEND: _l("Overturn it: remove the thread and suspend the author"),
        **TO_THREAD_AFTER_KEEP,
    },
    Kind.PROFILE: {
        "uphold": _l("The decision stands: the profile is kept"),
        Outcome.CLEAR: _l("Overturn it: clear what is ticked"),
        Outcome.WARN: _l("Overturn it: warn the person, keep the profile"),
        Outcome.SILENCE: _l("Overturn it: clear what is ticked, and silence the person"),
        Outcome.SUSPEND: _l("Overturn it: clear what is ticked, and suspend the person"),
        Outcome.CLOSE: TO_THREAD_AFTER_KEEP[Outcome.CLOSE],
    },
}
PARTS: dict[str, Any] = {  # of a profile, as profiles.contents names them
    "display_name": _l("Name to show"),
    "bio": _l("Words about themselves"),
    "avatar": _l("Picture"),
    "links": _l("Links"),
    "place": _l("Place"),
    "speaks": _l("Languages"),
    "username": _l("User name (a neutral one stands for it)"),
}
ACTS: dict[str, Any] = {
    "thread.kept": _l("A thread was kept"),
    "thread.hidden": _l("A thread was hidden"),
    "thread.removed": _l("A thread was removed"),
    "thread.condemned": _l("A thread whose author had deleted its first post was found against the rules"),
    "thread.acquitted": _l("A thread whose author had deleted its first post was found within the rules"),
    "profile.kept": _l("A profile was kept"),
    "profile.cleared": _l("Parts of a profile were cleared"),
}


def cause(case: Case) -> Any:
    """Return why it was looked at, as its author may know it: never by whom."""
    if case.source == "appeal":
        return _l("It was flagged and kept at first; after an appeal somebody else looked at it again.")
    return _l("It was flagged.")


def cleared(decision: Decision) -> list[str]:
    """Return which parts of the profile the decision has cleared."""
    return list(decision.undo.get("profile", {}).get("parts", ()))


def new_name(decision: Decision) -> str:
    """Return the neutral name that stands for a user name that the decision took away, "" where it took none."""
    taken = decision.undo.get("profile", {}).get("former", {}).get("username")
    return str(taken["given"]) if taken else ""


def said_of(table: dict[str, dict[str, Any]], decision: Decision) -> Any | None:
    """Return the words of a table for a decision, None where those about single posts are right."""
    untouched = UNTOUCHED if table is DECIDED else UNTOUCHED_TO_AUTHOR if table is TO_AUTHOR else {}
    if decision.case.kind == Kind.PROFILE and decision.outcome in untouched and not cleared(decision):
        return untouched[decision.outcome]
    return table.get(decision.case.kind, {}).get(decision.outcome)


def what_became(decision: Decision) -> Any | None:
    """Say what an overturned decision left a profile or thread as, to whose it is; None: as it says of a post."""
    if decision.case.kind == Kind.PROFILE:
        return _l("Your profile says again what was cleared, where you have not said something else since.")
    is_back = decision.case.kind == Kind.THREAD and decision.case.the_post.is_visible
    return _l("The thread is back in its place.") if is_back else None
