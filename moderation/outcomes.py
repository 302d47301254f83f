"""What each outcome is called: on the desk, in the record, to the author, in their notice."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from moderation.models import Case, Decision, Kind, Outcome, Source
from moderation.outcome_words import WORDS
from moderation.policy import ABOUT_PERSON, ABOUT_THREAD, LASTING, OUTCOMES
from moderation.subjects import words as subjects

# How the form of a decision groups them, by what the case is subjects.
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
        return subjects.CHOICES[case.kind]
    return {**CHOICES[case.source], **subjects.CHOICES.get(case.kind, {})}


def decided(decision: Decision) -> Any:
    """Return what a decision did, as a sentence without its full stop."""
    if said := subjects.said_of(subjects.DECIDED, decision):
        return said
    words = WORDS[decision.outcome]
    return words.of_deleted if decision.came_after_deletion else decided_outcome(decision)


def decided_outcome(decision: Decision) -> Any:
    """Return the same where the post is not loaded: what was decided, whatever its author had done before."""
    if said := subjects.said_of(subjects.DECIDED, decision):
        return said
    return _PUBLISHED if _is_published(decision) else WORDS[decision.outcome].done


def decided_to_author(decision: Decision) -> Any:
    """Return the same as the post's author reads it."""
    if said := subjects.said_of(subjects.TO_AUTHOR, decision):
        return said
    words = WORDS[decision.outcome]
    if decision.came_after_deletion:
        return words.of_deleted_to_author
    return _PUBLISHED_TO_AUTHOR if _is_published(decision) else words.to_author


def decided_to_starter(decision: Decision) -> Any:
    """Return what was done to a thread because of another's post in it, as whoever began the thread reads it."""
    return subjects.TO_AUTHOR[Kind.THREAD][decision.outcome]


def steps_of_starter(decision: Decision) -> list[Any]:
    """Return what whoever began that thread can do, beside appealing."""
    return [subjects.NEXT[Kind.THREAD][decision.outcome]] if decision.stands else []


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
    step = subjects.said_of(subjects.NEXT, decision) or WORDS[decision.outcome].step
    return [*_about_the_name(decision), step]


def _about_the_name(decision: Decision) -> list[Any]:
    given = subjects.new_name(decision)
    if not given or decision.case.author.username != given:
        return []
    words = _l("Your user name is %(name)s now. You can choose another one in your settings; the former one opens your "
               "account as before, and nobody else can take it.", name=given)  # fmt: skip
    return [words]


def notice(outcome: str, rule: str, *, deleted: bool, hidden: bool) -> str:
    """Return what the author's notice says; `hidden`: the program had hidden the post until it was decided."""
    words = WORDS.get(outcome)
    if words is None:
        return str(_l("A moderator decided about your post."))
    if hidden and outcome == Outcome.KEEP and not deleted:
        return str(_KEPT_AFTER_HIDING)
    return str(words.of_deleted_notice if deleted else words.notice) % {"rule": rule}
