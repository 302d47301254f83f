"""The statement of reasons: facts, rule, scope, duration, what programs had to do with it, and how to appeal.

For every decision that goes against somebody, on its page and in the mail that tells of it; the reason in a moderator's
own words stands beside it. It names neither who flagged nor who decided, and no text of a post.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.core.database import db, now
from forum.core.i18n import exact, gap, locale_name
from forum.mail.addresses import link_to
from forum.notifications.models import Notification
from forum.notifications.wording import Telling
from forum.subthemes.queries import by_slug
from forum.threads.models import State
from forum.threads.slowing import spoken
from moderation import outcomes, policy, rules, wording
from moderation.models import Case, Decision, Kind, Outcome, Source
from moderation.record.steps import counts_for
from moderation.subjects.words import cleared

Facts = list[tuple[str, str]]


def is_due(decision: Decision) -> bool:
    """Whether the decision went against somebody, who is then owed a statement."""
    return decision.outcome != Outcome.KEEP


def facts(decision: Decision, timezone: str = "") -> Facts:
    """Return the statement but for rule and reason, as pairs of label and words; [] for a decision to keep.

    Moments are told in `timezone`, where there is none in that of whoever reads the page. The decision's case, post
    and sub-theme are read.
    """
    if not is_due(decision):
        return []
    return [
        (_("About"), _about(decision.case, timezone)),
        (_("Looked at because"), _cause(decision.case, timezone)),
        (_("Reaches"), _scope(decision)),
        (_("Lasts"), _duration(decision, timezone)),
        (_("In the record"), _record(decision, timezone)),
        (_("Programs"), _programs(decision.case, timezone)),
        (_("Appeal"), _appeal(decision, timezone)),
    ]


def to_starter(decision: Decision) -> Facts:
    """Return what somebody is owed whose thread was locked, slowed or moved because of another's post in it."""
    return [
        (_("Reaches"), _scope(decision)),
        (_("Lasts"), _duration(decision, "")),
        (_("Appeal"), _appeal(decision, "")),
    ]


def number_of(code: str, version: int) -> int:
    """Return which number a rule has in a version, counted from 1; 0 for one that it does not have."""
    there = list(rules.at(version))
    return there.index(code) + 1 if code in there else 0


def rule_of(code: str, version: int) -> str:
    """Return a rule with its number in that version, its name and its text; the bare code for one that never was."""
    rule = rules.find(code, version)
    if rule is None:
        return code
    words = {"number": number_of(code, version), "name": rule.name, "version": version, "text": rule.text}
    return _("Rule %(number)s, “%(name)s”, in version %(version)s of the rules: %(text)s", **words)


def _about(case: Case, timezone: str) -> str:
    if case.kind == Kind.PROFILE:
        return _("What the profile said on %(moment)s", moment=exact(case.opened_at, timezone))
    thread = case.the_post.thread
    words = {"title": case.frozen_title, "moment": exact(case.the_post.created_at, timezone)}
    if not case.frozen_title or (thread.state != State.VISIBLE and thread.author_id != case.author_id):
        return _("A post, written on %(moment)s", **words)  # another's title, which is shown to nobody any more
    if case.kind == Kind.THREAD:
        return _("The thread “%(title)s”, begun on %(moment)s", **words)
    return _("A post in “%(title)s”, written on %(moment)s", **words)


def _cause(case: Case, timezone: str) -> str:
    moment = exact(case.opened_at, timezone)
    if case.source == Source.FLAGS:
        return _("It was flagged, the first time on %(moment)s.", moment=moment)
    if case.source == Source.SCREENING:
        why = wording.held(case.held_reason)
        return _("It was held before it was published, on %(moment)s: %(why)s", moment=moment, why=why)
    return str(wording.cause(case))


REACHES: dict[str, Any] = {
    Outcome.WARN: _l("The account’s record; what was posted stays as it is."),
    Outcome.SILENCE: _l("The account in the whole forum: it reads, and can’t write."),
    Outcome.SUSPEND: _l("The account in the whole forum: it can’t sign in."),
    Outcome.CLOSE: _l("The account and all its posts, in the whole forum."),
    Outcome.CLEAR: _l("The account can write as before."),
    **dict.fromkeys((Outcome.HIDE, Outcome.REMOVE, Outcome.EDIT_OUT), _l("The account can write as before.")),
    **dict.fromkeys(policy.ABOUT_THREAD, _l("The thread, for everybody in it, and no account.")),
}


def _scope(decision: Decision) -> str:
    case, outcome = decision.case, decision.outcome
    sentences = [str(REACHES[outcome])]
    if outcome not in (Outcome.WARN, Outcome.CLOSE, *policy.ABOUT_THREAD):
        sentences.insert(0, _("The post stays deleted.") if decision.came_after_deletion else _things(decision))
    if case.subtheme is not None and outcome != Outcome.CLOSE:
        sentences.append(_("Sub-theme: %(name)s.", name=case.subtheme.name(locale_name())))
    return gap().join(sentences)


def _things(decision: Decision) -> str:
    case = decision.case
    return {
        Kind.POST: _("This post, for everybody."),
        Kind.THREAD: _("This thread, for everybody."),
        Kind.PROFILE: _("Parts of the profile.") if cleared(decision) else _("The profile stays as it is."),
    }[Kind(case.kind)]


LASTS: dict[str, Any] = {
    Outcome.WARN: _l("It is said once."),
    Outcome.LOCK: _l("Until a moderator unlocks the thread."),
    Outcome.SLOW: _l("One post in %(span)s for each person, until a moderator ends it."),
    Outcome.MOVE: _l("Until a moderator moves it again. It is now in: %(place)s."),
    Outcome.SILENCE: _l("The silence ends on %(end)s; what was taken away stays away."),
    Outcome.SUSPEND: _l("The suspension ends on %(end)s; what was taken away stays away."),
}
_FOR_GOOD = _l("For good, unless it is overturned after an appeal.")


def _duration(decision: Decision, timezone: str) -> str:
    if decision.reversed_at:
        return taken_back(decision.reversed_at, timezone)
    end, minutes = decision.silenced_until or decision.suspended_until, decision.facts.get("minutes", 0)
    return str(LASTS.get(decision.outcome, _FOR_GOOD)) % {
        "end": exact(end, timezone) if end else "",
        "span": spoken(timedelta(minutes=minutes)),
        "place": _moved_to(decision) if decision.outcome == Outcome.MOVE else "",
    }


def taken_back(moment: datetime, timezone: str) -> str:
    """Return that a decision lasted until it was taken back."""
    return _("It was taken back on %(moment)s.", moment=exact(moment, timezone))


def _moved_to(decision: Decision) -> str:
    slug = str(decision.facts.get("to", ""))
    place = by_slug(slug)
    return str(place.name(locale_name())) if place else slug


def _record(decision: Decision, timezone: str) -> str:
    if not policy.is_strike(decision.outcome):
        return _("It does not count against the account.")
    if not decision.stands:
        return _("It counts no more.")
    if decision.strike is None:
        return _("It counts together with another decision about the same text, as one.")
    return _("It counts until %(moment)s.", moment=exact(decision.decided_at + counts_for(), timezone))


def _programs(case: Case, timezone: str) -> str:
    """Return what programs did before a moderator decided, a sentence each, and that a moderator did decide."""
    said = []
    if case.source == Source.SCREENING:
        said.append(_("A program held it before publication."))
    elif case.source == Source.WATCHED:
        said.append(_("A program found words in it of which moderators want to be told, and opened the case."))
    if case.hidden_at:
        hidden = exact(case.hidden_at, timezone)
        said.append(_("A program had hidden it since %(moment)s, after flags, until this decision.", moment=hidden))
    if case.learned is not None:
        said.append(_("A program that learned from former decisions took part in the order in which cases are read."))
    decided = _("A moderator decided.") if said else _("None took part: a moderator decided.")
    return gap().join([*said, decided])


def _appeal(decision: Decision, timezone: str) -> str:
    return how_to_appeal(decision.appealable_until, timezone, stands=decision.stands)


def how_to_appeal(ends: datetime, timezone: str, *, stands: bool) -> str:
    """Return how somebody appeals against a decision that stands or not, and of which the window ends at `ends`."""
    moment = exact(ends, timezone)
    if not stands:
        return _("There is nothing left to appeal against.")
    if now() > ends:
        return _("It was possible until %(moment)s.", moment=moment)
    return _(
        "Once, in writing, on the page of the decision, until %(moment)s. Somebody other than the one who decided "
        "answers.",
        moment=moment,
    )


# -- in the mail -----------------------------------------------------------------------------------------------------


def in_mail(notice: Notification, timezone: str) -> Telling | None:
    """Return what the mail about a notice adds to its sentence: the statement, the reason, and the decision's page."""
    decision = db.session.get(Decision, notice.facts.get("decision", 0))
    if decision is None or not is_due(decision):
        return None
    return Telling(with_reason(decision, timezone), link_to("flags.decision", decision_id=decision.id))


def with_reason(decision: Decision, timezone: str) -> Facts:
    """Return the statement for a mail, headed by what was decided, with the moderator's own words."""
    decided = (_("Decided"), f"{outcomes.decided_to_author(decision)}, {exact(decision.decided_at, timezone)}")
    reason = [(_("The reason"), decision.reason)] if decision.reason else []
    return [decided, *reason, *with_rule(decision, timezone)]


def with_rule(decision: Decision, timezone: str) -> Facts:
    """Return the statement, headed by the rule in full."""
    return [(_("The rule"), rule_of(decision.rule, decision.rules_version)), *facts(decision, timezone)]
