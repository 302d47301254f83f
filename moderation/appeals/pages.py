"""The page of a decision, as its author reads it with the appeal on it, and as moderators do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext

from forum.accounts.models import Person
from forum.core import web
from forum.core.errors import Refused
from moderation import rules, statement
from moderation import wording as words
from moderation.appeals import policy, queries, wording
from moderation.appeals.forms import AppealForm
from moderation.appeals.queries import Bench
from moderation.models import Decision
from moderation.policy import is_about_thread_of, sees_case, sees_everything
from moderation.profiles import contents
from moderation.subjects import words as subjects


def decision_page(
    found: Decision, viewer: Person, status: int = 200, form: AppealForm | None = None, *, action: str = ""
) -> Response:
    """Return the page of a decision for its author or a moderator; `action` is where the form of an appeal goes."""
    is_author = found.case.author_id == viewer.id
    is_starter = is_about_thread_of(viewer, found)
    return web.page(
        "moderation/decision.html",
        status,
        decision=found,
        case=found.case,
        words=words,
        said=contents.frozen(found.case),
        cleared=found.undo.get("profile", {}).get("parts", ()),
        steps=words.steps_of_starter(found) if is_starter else words.next_steps(found),
        rule=rules.find(found.rule, found.rules_version),
        statement=statement.to_starter(found) if is_starter else statement.facts(found),
        number_of_rule=statement.number_of(found.rule, found.rules_version),
        is_author=is_author,
        is_starter=is_starter,
        heading=words.decided_to_starter(found)
        if is_starter
        else words.decided_to_author(found)
        if is_author
        else words.decided(found),
        sees_desk=sees_case(viewer, found.case),
        **_standing(found, viewer, form, is_concerned=policy.is_concerned(viewer, found, has_flagged=False)),
        action=action or url_for("appeals.own", decision_id=found.id),
        became=wording.what_became(found) if not found.stands else "",
    )


def kept_page(found: Decision, viewer: Person, status: int = 200, form: AppealForm | None = None) -> Response:
    """Return the page for somebody who flagged a post that was kept: nothing that was said to its author."""
    return web.page(
        "moderation/kept.html",
        status,
        decision=found,
        case=found.case,
        kept=subjects.KEPT[found.case.kind],
        subject=subjects.SUBJECT[found.case.kind],
        **_standing(found, viewer, form, is_concerned=True),
        action=url_for("appeals.own", decision_id=found.id),
    )


def _standing(found: Decision, viewer: Person, form: AppealForm | None, *, is_concerned: bool) -> dict[str, Any]:
    """Return how the viewer stands to an appeal: theirs, the form for one, or why there is none."""
    appeal = queries.of_decision(found.id)
    mine = appeal if appeal and appeal.appellant_id == viewer.id else None
    why_not = policy.why_not_appeal(found) if is_concerned and not appeal else None
    bench = queries.bench(mine) if mine and mine.is_open else None
    return {
        "others": bool(appeal and not mine),
        "appeal_id": appeal.id if appeal and sees_everything(viewer) else None,
        "ends": found.appealable_until,
        **own(mine, form, bench=bench, why_not=why_not, able=is_concerned and appeal is None and why_not is None),
    }


def own(mine: Any, form: AppealForm | None, *, bench: Bench | None, why_not: Any, able: bool) -> dict[str, Any]:
    """Return what the page says of the viewer's own appeal: theirs, the form for one, or why there is none."""
    return {
        "appeal": mine,
        "waits_for": wording.waits_for(bench) if bench else None,
        "why_not": why_not,
        "form": (form or AppealForm(formdata=None)) if able else None,
        "typed": form.reason.data if form and not able else "",
        "answers": wording.STATES,
        "age": wording.age,
        "most": policy.WORDS_LIMIT,
    }


def own_page(there: str, file: Callable[[str], object], show: Callable[[int, AppealForm | None], Response]) -> Response:
    """Take an appeal that is sent, hand its words to `file` and lead to it; else `show` the page, with what is wrong.

    `there` is the address of the page on which the appeal stands then.
    """
    if request.method == "GET":
        return show(200, None)
    form = AppealForm()
    status = _sent(form, file)
    if status != 303:
        return show(status, form)
    flash(gettext("Thank you. Somebody other than the one who decided looks at it, and you will read their reply."))
    return web.see_other(f"{there}#appeal")


def _sent(form: AppealForm, file: Callable[[str], object]) -> int:
    """Return 303 when the words were taken, else the status of the page that says why not."""
    if not form.validate_on_submit():
        return 422
    try:
        file(form.reason.data or "")
    except Refused as refusal:
        if refusal.status not in (Refused.status, 409):
            raise
        form.refuse("reason", refusal.message)
        return refusal.status
    return 303
