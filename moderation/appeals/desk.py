"""One appeal on the desk, whatever it is about: its page, and the answer to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Response, flash
from flask_babel import gettext
from flask_login import current_user

from forum.accounts.models import Person
from forum.core import web
from forum.core.errors import Conflict, Refused
from moderation import rules
from moderation.appeals import wording
from moderation.appeals.forms import Answer
from moderation.appeals.models import Objection, State
from moderation.appeals.queries import Bench

Kind = TypeVar("Kind", bound=Objection)
Form = TypeVar("Form", bound=Answer)


@dataclass(frozen=True)
class Desk(Generic[Kind, Form]):
    """What one kind of appeal brings along.

    find: the appeal in full for who looks, or NotFound
    form: of the answer; made of the appeal and of who answers
    answer: decides the appeal by a form that is valid, and returns it
    objection: why somebody may not answer it, or None; bench: who could
    evidence: what else its page shows
    place: the address of one appeal; following: the next one that somebody could answer, or None
    """

    template: str
    find: Callable[[int], Kind]
    form: Callable[..., Form]
    answer: Callable[[int, Form], Kind]
    objection: Callable[[Person, Kind], Any | None]
    bench: Callable[[Kind], Bench]
    evidence: Callable[[Kind], Mapping[str, Any]]
    place: Callable[[int | None], str]
    following: Callable[[Person], int | None]

    def show(self, appeal_id: int) -> Response:
        """Show one appeal with the decision, and the evidence as it was."""
        return self._page(self.find(appeal_id))

    def decide(self, appeal_id: int) -> Response:
        """Answer an appeal and go on to the next."""
        found = self.find(appeal_id)
        form = self.form(found, current_user)
        if self._is_able(found) and not form.validate_on_submit():
            return self._page(found, 422, form)
        try:
            made = self.answer(appeal_id, form)
        except Conflict as conflict:
            found = self.find(appeal_id)
            form.look_again(found)
            return self._page(found, 409, form, problem=conflict.message)
        except Refused as refusal:
            form.refuse_by(form.place_of_refusal(), refusal)
            return self._page(self.find(appeal_id), 422, form)
        flash(gettext("%(done)s. Everybody concerned is told.", done=wording.STATES[State(made.state)]))
        return web.see_other(self.place(self.following(current_user)))

    def _is_able(self, found: Kind) -> bool:
        return found.is_open and self.objection(current_user, found) is None

    def _page(self, found: Kind, status: int = 200, form: Form | None = None, *, problem: Any = None) -> Response:
        objection = self.objection(current_user, found)
        able = found.is_open and objection is None
        return web.page(
            self.template,
            status,
            appeal=found,
            form=(form or self.form(found, current_user, formdata=None)) if able else None,
            typed=form.reply.data if form and not able else None,
            objection=objection,
            waits_for=wording.waits_for(self.bench(found)) if found.is_open else None,
            problem=problem,
            answers=wording.STATES,
            name_of_rule=rules.name_of,
            **self.evidence(found),
        )
