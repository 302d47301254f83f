"""How this room joins the house: screening, the rules' names, its notices, and cases that follow a moved thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from forum.accounts import documents, records, silences, suspensions
from forum.accounts.models import User
from forum.asking import wording as asking_wording
from forum.config import APPEAL_WINDOW
from forum.core import audit, jobs, signals
from forum.core.database import now
from forum.core.diagnosis import Fact, ago, further_checks
from forum.core.gauges import Gauge, gauges, seconds_since
from forum.core.plugs import fill
from forum.notifications import wording as notices
from forum.programme import wording as programme_wording
from forum.threads import reasons
from forum.threads import recount as counters
from forum.trust import queries as trust
from moderation import cases, departing, noticing, queries, queue, rules, screening, statement, wording
from moderation.appeals import links
from moderation.appeals import queries as appeals
from moderation.appeals import wording as appeal_wording
from moderation.bulk import wording as bulk_wording
from moderation.closures import actions as closures
from moderation.closures.diagnosing import closure_faults
from moderation.effects import quotes as _looked_for_by_the_worker  # noqa: F401 - its sweeper
from moderation.message_appeals import evidence as _forgets_in_the_worker  # noqa: F401 - its sweeper
from moderation.message_appeals import links as message_links
from moderation.message_appeals import queries as message_appeals
from moderation.message_appeals import statement as message_statement
from moderation.message_appeals import wording as message_appeal_wording
from moderation.models import Strike
from moderation.notes import wording as note_wording
from moderation.oversight import actions as oversight
from moderation.oversight import wording as oversight_wording
from moderation.presets import wording as preset_wording
from moderation.profiles import queries as profile_queries
from moderation.profiles import screening as profile_screening
from moderation.purging import wording as purge_wording
from moderation.purging.sweeping import purge_faults
from moderation.ranker import actions as _learns_in_the_worker  # noqa: F401 - its sweepers
from moderation.ranker import wording as ranker_wording
from moderation.record.steps import counts_since
from moderation.reports import actions as reports
from moderation.reports import queries as report_queries
from moderation.reports import wording as report_wording
from moderation.screens import entering
from moderation.screens import wording as screen_wording
from moderation.transparency import actions as figures
from moderation.visitors import keeping as visitors
from moderation.visitors import letters as _owed_to_visitors  # noqa: F401 - its letters

LINKS_MOST = 5  # decisions named where the sign-in refuses somebody; a page of its own would need a session
APPEAL_PATIENCE = timedelta(days=14)


def connect(app: Flask) -> None:
    """Fill the plugs of the rooms below and listen; harmless to repeat for another application."""
    screening.plug_in()
    entering.plug_in()
    departing.plug_in()
    profile_screening.plug_in()
    documents.FURTHER["rules"] = lambda exact: rules.version() if exact else rules.version_lately()
    notices.KINDS.update(noticing.KINDS)
    # its words are made of those, so it can't stand among them
    notices.KINDS["decision"] = replace(noticing.KINDS["decision"], mailed=statement.in_mail)
    notices.KINDS.update(oversight_wording.KINDS)
    notices.KINDS.update(message_appeal_wording.KINDS)
    for room in (report_wording, appeal_wording, note_wording, bulk_wording):
        notices.KINDS.update(room.KINDS)
        wording.ACTS.update(room.ACTS)
    of_messages = report_wording.KINDS["message_decision"]
    notices.KINDS["message_decision"] = replace(of_messages, mailed=message_statement.in_mail)
    silent_rooms = (
        asking_wording, programme_wording, screen_wording, purge_wording, ranker_wording, preset_wording,
    )  # fmt: skip
    for silent in silent_rooms:
        wording.ACTS.update(silent.ACTS)
    signals.thread_changed.connect(_follow_thread)
    signals.closure_due.connect(_nudge_closure)
    _fill_plugs()
    gauges["forum_oldest_case_seconds"] = Gauge("Age of the oldest open case", _oldest_case)
    further_checks["appeals"] = appeal_faults
    further_checks["purges"] = purge_faults
    further_checks["closed accounts"] = closure_faults
    further_checks["visitors"] = visitors.faults


def _fill_plugs() -> None:
    fill(reasons.namers, rules.name_of)
    fill(audit.watchers, oversight.tell_admins)
    fill(records.parts, _decisions_about)
    fill(records.objections, _open_case_between)
    fill(records.recounters, cases.recount, reports.end_doubles, figures.count_again)
    fill(counters.others, figures.faults)
    fill(trust.strike_counters, queries.strikes_since, report_queries.strikes_since)
    fill(suspensions.explainers, _why_suspended)
    fill(suspensions.ways, _way_to_appeal)
    fill(silences.ways, _way_from_silence)


def _oldest_case() -> float:
    return seconds_since(queue.oldest_opened_at(None))


def _decisions_about(user: User) -> records.Part:
    """Return the decisions that count against the person, for their record in the administration."""
    lines = [
        records.Line(
            _borne(strike),
            strike.decision.decided_at,
            url_for("flags.decision", decision_id=strike.decision_id),
        )
        for strike in queries.strikes_of(user.id)
    ]
    return records.Part(_l("Decisions about them"), lines)


def _borne(strike: Strike) -> Any:
    words = wording.decided(strike.decision)
    if strike.overruled_at:
        return gettext("%(decision)s (taken back, counts no more)", decision=words)
    if strike.created_at <= counts_since():
        return gettext("%(decision)s (lapsed, counts no more)", decision=words)
    return words


def _way_to_appeal(user: User) -> Markup | None:
    """Return a link for each decision that the person may appeal against, or has, while they can't sign in.

    Whoever reads it has shown the right password. Nothing for whom only something else suspends.
    """
    found = appeals.appealable(user.id, now() - APPEAL_WINDOW, LINKS_MOST)
    of_messages = message_appeals.appealable(user.id, now() - APPEAL_WINDOW, LINKS_MOST)
    if not found and not of_messages:
        return None
    link = Markup('<a href="{}">{}</a>')
    named = [
        link.format(
            url_for("appeals.by_link", token=links.token(each.id, user)),
            gettext("decision %(number)s", number=each.id),
        )
        for each in found
    ] + [
        link.format(
            url_for("message_appeals.by_link", token=message_links.token(each.id, user)),
            gettext("decision about messages %(number)s", number=each.id),
        )
        for each in of_messages
    ]
    words = escape(gettext("You may read and appeal without signing in: %(links)s. The links are for you alone."))
    return words % {"links": escape(gettext(", ")).join(named)}


def _way_from_silence() -> Markup:
    """Return where somebody who is silenced reads why, and appeals: they are signed in."""
    place = Markup('<a href="/settings/decisions">{}</a>').format(
        gettext("Decisions and appeals")
    )  # also in no request
    return escape(gettext("Why, and how you can appeal: %(place)s.")) % {"place": place}


def appeal_faults() -> Iterator[str]:
    """Yield how long the oldest appeal waits, as a fact, and after APPEAL_PATIENCE as what is wrong."""
    oldest = min(filter(None, (appeals.oldest(), message_appeals.oldest())), default=None)
    if oldest is None:
        return
    yield Fact(f"the oldest open appeal has waited for {ago(oldest)}")
    if now() - oldest > APPEAL_PATIENCE:
        yield "an appeal has waited for more than 14 days; /moderation/appeals says who may answer it"


def _open_case_between(gone: User, kept: User) -> Any | None:
    """Say that one has flagged what the other wrote, and nobody has decided yet: nobody may flag their own."""
    if profile_queries.open_case_about(gone.id) is not None:
        return _l("Somebody has flagged the profile of the account that ends, and the case is open. Decide it first.")
    if queries.has_open_flag_between(gone.id, kept.id):
        return _l("One of them has flagged a post of the other, and the case is open. Decide it first.")
    if report_queries.has_open_report_between(gone.id, kept.id):
        return _l(
            "One of them has flagged a message of the other, and nobody has decided about it yet. Decide it first."
        )
    return None


def _why_suspended(user: User) -> str | None:
    """Return rule and reason of the decision: the suspended person can't sign in to read them."""
    found = [each for each in (queries.latest_suspension(user.id), report_queries.latest_suspension(user.id)) if each]
    if not found:
        return None
    decision = max(found, key=lambda each: each.decided_at or user.created_at)
    rule = rules.name_of(decision.rule, decision.rules_version) or decision.rule
    return gettext("Rule: %(rule)s. The reason given: %(reason)s", rule=rule, reason=decision.reason)


def _nudge_closure(_sender: object, *, closure_id: int) -> None:
    jobs.enqueue(closures.carry_on, closure_id=closure_id)


def _follow_thread(_sender: object, **_facts: Any) -> None:
    cases.follow_threads()  # what a crash keeps from happening here, the sweep does
