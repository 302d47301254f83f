"""What each outcome is called: on the desk, in the record, to the author, in their notice. One entry an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from moderation import about
from moderation.models import Case, Decision, Kind, Outcome, Source
from moderation.policy import ABOUT_PERSON, ABOUT_THREAD, LASTING, OUTCOMES


@dataclass(frozen=True)
class Words:
    """One outcome in words.

    choice    on the desk; of_held: the same for a held post, None where that is not offered
    done      what a decision did, a sentence without its full stop; of_deleted: where the author had deleted the post
    to_author, of_deleted_to_author   the same to the author
    notice, of_deleted_notice         the author's notice, with %(rule)s
    step      what the author can do
    """

    choice: Any
    of_held: Any
    done: Any
    of_deleted: Any
    to_author: Any
    of_deleted_to_author: Any
    notice: Any
    of_deleted_notice: Any
    step: Any


WORDS: dict[str, Words] = {
    Outcome.KEEP: Words(
        choice=_l("Keep"),
        of_held=_l("Publish"),
        done=_l("The post was kept"),
        of_deleted=_l("Nothing against the rules was found; the author had already deleted the post"),
        to_author=_l("Your post was kept"),
        of_deleted_to_author=_l("Nothing against the rules was found in the post that you had deleted"),
        notice=_l("A moderator looked at your post and kept it."),
        of_deleted_notice=_l("A moderator looked at the post that you had deleted. It was within the rules."),
        step=_l("Nothing needs to be done: the post can be seen by everybody."),
    ),
    Outcome.HIDE: Words(
        choice=_l("Hide"),
        of_held=None,
        done=_l("The post was hidden"),
        of_deleted=_l("The post was against the rules; the author had already deleted it"),
        to_author=_l("Your post was hidden"),
        of_deleted_to_author=_l("The post that you had deleted was against the rules"),
        notice=_l("Your post was hidden. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The post that you had deleted was against the rules. Rule: %(rule)s. Read why."),
        step=_l("Only you and the moderators see the post now. You can say the same again within the rules."),
    ),
    Outcome.REMOVE: Words(
        choice=_l("Remove"),
        of_held=_l("Refuse"),
        done=_l("The post was removed"),
        of_deleted=_l("The post was against the rules; the author had already deleted it"),
        to_author=_l("Your post was removed"),
        of_deleted_to_author=_l("The post that you had deleted was against the rules"),
        notice=_l("Your post was removed. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The post that you had deleted was against the rules. Rule: %(rule)s. Read why."),
        step=_l("You can say the same again, in a new post that keeps to the rules."),
    ),
    Outcome.EDIT_OUT: Words(
        choice=_l("Edit out"),
        of_held=None,
        done=_l("Something was cut out of the post"),
        of_deleted=_l("The post was against the rules; the author had already deleted it"),
        to_author=_l("Something was cut out of your post"),
        of_deleted_to_author=_l("The post that you had deleted was against the rules"),
        notice=_l("A moderator cut something out of your post. Rule: %(rule)s. Read what and why."),
        of_deleted_notice=_l("The post that you had deleted was against the rules. Rule: %(rule)s. Read why."),
        step=_l("The rest of the post stays where it is, and you can edit it within the rules."),
    ),
    Outcome.LOCK: Words(
        choice=_l("Lock"),
        of_held=None,
        done=_l("The thread was locked; the post stays visible"),
        of_deleted=_l("The thread was locked; the author had already deleted the post"),
        to_author=_l("The thread of your post was locked; your post stays visible"),
        of_deleted_to_author=_l("The thread of a post that you had deleted was locked"),
        notice=_l("The thread of your post was locked; your post stays visible. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The thread of a post that you had deleted was locked. Rule: %(rule)s. Read why."),
        step=_l("The thread can be read, but takes no more replies. It does not count against you."),
    ),
    Outcome.SLOW: Words(
        choice=_l("Slow mode"),
        of_held=None,
        done=_l("The thread was put into slow mode; the post stays visible"),
        of_deleted=_l("The thread was put into slow mode; the author had already deleted the post"),
        to_author=_l("The thread of your post was put into slow mode; your post stays visible"),
        of_deleted_to_author=_l("The thread of a post that you had deleted was put into slow mode"),
        notice=_l("The thread of your post is in slow mode now; your post stays visible. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l(
            "The thread of a post that you had deleted is in slow mode now. Rule: %(rule)s. Read why."
        ),
        step=_l(
            "You can go on writing in the thread, with some time between two posts. It does not count against you."
        ),
    ),
    Outcome.MOVE: Words(
        choice=_l("Move"),
        of_held=None,
        done=_l("The thread was moved into another sub-theme"),
        of_deleted=_l("The thread was moved; the author had already deleted the post"),
        to_author=_l("The thread of your post was moved into another sub-theme"),
        of_deleted_to_author=_l("The thread of a post that you had deleted was moved"),
        notice=_l("The thread of your post was moved into another sub-theme. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("The thread of a post that you had deleted was moved. Rule: %(rule)s. Read why."),
        step=_l("Your post stays in its thread; old links still lead to it. It does not count against you."),
    ),
    Outcome.WARN: Words(
        choice=_l("Warn, keep visible"),
        of_held=None,
        done=_l("The author was warned; the post stays visible"),
        of_deleted=_l("The author was warned, and had already deleted the post"),
        to_author=_l("You were warned; your post stays visible"),
        of_deleted_to_author=_l("You were warned because of a post that you had deleted"),
        notice=_l("You were warned because of a post. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("You were warned because of a post that you had deleted. Rule: %(rule)s. Read why."),
        step=_l("The post stays. Please change what breaks the rule, and keep to it from now on."),
    ),
    Outcome.SILENCE: Words(
        choice=_l("Remove and silence"),
        of_held=_l("Refuse and silence"),
        done=_l("The post was removed and its author silenced"),
        of_deleted=_l("The author was silenced, and had already deleted the post"),
        to_author=_l("Your post was removed and you were silenced"),
        of_deleted_to_author=_l("You were silenced because of a post that you had deleted"),
        notice=_l("Your post was removed and you were silenced. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("You were silenced because of a post that you had deleted. Rule: %(rule)s. Read why."),
        step=_l("You can sign in and read everything, and write again when the silence ends."),
    ),
    Outcome.SUSPEND: Words(
        choice=_l("Remove and suspend"),
        of_held=_l("Refuse and suspend"),
        done=_l("The post was removed and its author suspended"),
        of_deleted=_l("The author was suspended, and had already deleted the post"),
        to_author=_l("Your post was removed and you were suspended"),
        of_deleted_to_author=_l("You were suspended because of a post that you had deleted"),
        notice=_l("Your post was removed and you were suspended. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("You were suspended because of a post that you had deleted. Rule: %(rule)s. Read why."),
        step=_l("You can read everything. When the suspension ends, sign in as before."),
    ),
    Outcome.CLOSE: Words(
        choice=_l("Close for spam"),
        of_held=_l("Close for spam"),
        done=_l("The account was closed for spam, with all its posts"),
        of_deleted=_l("The account was closed for spam, with all its posts"),
        to_author=_l("Your account was closed for spam, and all your posts were removed"),
        of_deleted_to_author=_l("Your account was closed for spam, and all your posts were removed"),
        notice=_l("Your account was closed for spam. Rule: %(rule)s. Read why."),
        of_deleted_notice=_l("Your account was closed for spam. Rule: %(rule)s. Read why."),
        step=_l("You can read everything. If this is wrong, appeal: everything can be brought back."),
    ),
}
# How the form of a decision groups them, by what the case is about.
Groups = tuple[tuple[Any, tuple[str, ...]], ...]
GROUPS: Groups = (
    (_l("The post"), (Outcome.KEEP, Outcome.HIDE, Outcome.REMOVE, Outcome.EDIT_OUT)),
    (_l("The thread"), ABOUT_THREAD),
    (_l("The person"), ABOUT_PERSON),
)
_GROUPS_OF_KIND: dict[str, Groups] = {
    Kind.THREAD: (
        (_l("The thread"), (Outcome.KEEP, Outcome.HIDE, Outcome.REMOVE, *ABOUT_THREAD)),
        (_l("The person"), ABOUT_PERSON),
    ),
    Kind.PROFILE: (
        (_l("The profile"), (Outcome.KEEP, Outcome.CLEAR)),
        (_l("The person"), ABOUT_PERSON),
    ),
}
_PUBLISHED = _l("The post was published")
_PUBLISHED_TO_AUTHOR = _l("Your post was published")
_KEPT_AFTER_HIDING = _l(
    "A moderator looked at your post, which the program had hidden after flags, and kept it. Everybody sees it again."
)

_CHOICES = {outcome: each.choice for outcome, each in WORDS.items()}
CHOICES: dict[str, dict[str, Any]] = {
    Source.FLAGS: _CHOICES,
    Source.SCREENING: {outcome: each.of_held for outcome, each in WORDS.items() if each.of_held is not None},
    Source.WATCHED: _CHOICES,
    # decided with the appeal, never in the queue
    Source.APPEAL: {each: _CHOICES[each] for each in OUTCOMES[Source.APPEAL] if each in _CHOICES},
}


def groups(case: Case) -> Groups:
    """Return how the form of a decision about this case groups the outcomes."""
    return _GROUPS_OF_KIND.get(case.kind, GROUPS)


def choices(case: Case) -> dict[str, Any]:
    """Return what the outcomes are called that such a case may have."""
    if case.kind == Kind.PROFILE:
        return about.CHOICES[case.kind]
    return {**CHOICES[case.source], **about.CHOICES.get(case.kind, {})}


def decided(decision: Decision) -> Any:
    """Return what a decision did, as a sentence without its full stop."""
    if said := about.said_of(about.DECIDED, decision):
        return said
    words = WORDS[decision.outcome]
    return words.of_deleted if decision.came_after_deletion else decided_outcome(decision)


def decided_outcome(decision: Decision) -> Any:
    """Return the same where the post is not loaded: what was decided, whatever its author had done before."""
    if said := about.said_of(about.DECIDED, decision):
        return said
    return _PUBLISHED if _is_published(decision) else WORDS[decision.outcome].done


def decided_to_author(decision: Decision) -> Any:
    """Return the same as the post's author reads it."""
    if said := about.said_of(about.TO_AUTHOR, decision):
        return said
    words = WORDS[decision.outcome]
    if decision.came_after_deletion:
        return words.of_deleted_to_author
    return _PUBLISHED_TO_AUTHOR if _is_published(decision) else words.to_author


def _is_published(decision: Decision) -> bool:
    return (decision.outcome, decision.case.source) == (Outcome.KEEP, Source.SCREENING)


def next_steps(decision: Decision) -> list[Any]:
    """Return what the author can do after a decision, beside appealing against it."""
    deleted = decision.came_after_deletion
    if decision.outcome == Outcome.KEEP and deleted:
        return [_l("Nothing needs to be done: the post stays deleted.")]
    if not decision.stands and decision.outcome != Outcome.KEEP:
        return []
    if deleted and decision.outcome not in (*LASTING, Outcome.CLOSE):
        return [_l("The post stays deleted. Please keep to the rule from now on.")]
    return [about.said_of(about.NEXT, decision) or WORDS[decision.outcome].step]


def notice(outcome: str, rule: str, *, deleted: bool, hidden: bool) -> str:
    """Return what the author's notice says; `hidden`: the program had hidden the post until it was decided."""
    words = WORDS.get(outcome)
    if words is None:
        return str(_l("A moderator decided about your post."))
    if hidden and outcome == Outcome.KEEP and not deleted:
        return str(_KEPT_AFTER_HIDING)
    return str(words.of_deleted_notice if deleted else words.notice) % {"rule": rule}
