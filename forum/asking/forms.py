"""Forms for planning a session, asking in it, and sorting its questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from forum.asking import clock
from forum.asking.models import AskSession
from forum.asking.planning import CAPACITIES, DESCRIPTION_LIMIT, Plan
from forum.asking.policy import QUESTION_LIMIT
from forum.asking.words import Words as SessionWords
from forum.core.database import now
from forum.core.forms import Form, Line, Words
from forum.core.i18n import choose_timezone, zone
from forum.core.text import TITLE_LIMIT
from forum.threads.forms import PostForm
from forum.threads.seals import form_token

_WORDS = ("title", "description_en", "description_zh")
_TIMES = tuple(clock.TIMES.values())


class Moment(DateTimeLocalField):
    """A moment in the reader's own time zone; `data` is aware."""

    def process_data(self, value: datetime | None) -> None:
        """Show an aware moment as it is on the reader's clock."""
        self.data = value.astimezone(zone(choose_timezone())).replace(tzinfo=None) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sends, or refuse it."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Write a date and a time.")) from error
        if self.data and not 2000 <= self.data.year <= 2100:  # no zone can show the days at the calendar's ends
            self.data = None
            raise ValueError(gettext("Write a date and a time."))

    @property
    def moment(self) -> datetime:
        """What was chosen, in UTC; an hour that the clocks leave out counts as the one after."""
        assert self.data is not None
        return self.data.replace(tzinfo=zone(choose_timezone())).astimezone(UTC)


class PlanForm(PostForm):
    """A session, new or as it is now, without the times that have passed and the words that are somebody else's.

    `words` are those of a session that are shown now; `revision` is that of the text, for whoever may change it.
    """

    title = Line(_l("Title"), TITLE_LIMIT)
    description_en = Words(_l("What it is about, in English"), DESCRIPTION_LIMIT)
    description_zh = Words(_l("What it is about, in Chinese"), DESCRIPTION_LIMIT)
    experts = SelectMultipleField(
        _l("Who answers"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    capacity = SelectField(_l("Questions that one person may ask"), coerce=int)
    opens_at = Moment(_l("Questions are taken from"), [InputRequired(_l("Write a date and a time."))])
    answers_at = Moment(_l("Experts answer from"), [InputRequired(_l("Write a date and a time."))])
    closes_at = Moment(_l("The session closes"), [InputRequired(_l("Write a date and a time."))])
    archives_at = Moment(_l("It goes to the archive"), [InputRequired(_l("Write a date and a time."))])
    seen = HiddenField()
    revision = HiddenField()
    form_token = HiddenField(default=form_token)

    def __init__(
        self,
        candidates: list[tuple[int, str]],
        session: AskSession | None = None,
        words: SessionWords | None = None,
        revision: int | None = None,
        expert_ids: Sequence[int] = (),
    ) -> None:
        present = _present(session, words, revision) if session and words else _proposed()
        super().__init__(data={**present, "experts": list(expert_ids)})
        self.experts.choices = candidates
        self.capacity.choices = [(each, str(each)) for each in CAPACITIES]
        self._session, self._words = session, words
        for name in _settled(session, is_writer=revision is not None) if session else ():
            del self[name]

    def wanted(self) -> Plan:
        """Return what was written, with what can't be changed as it is."""
        times = {name: self._time(name) for name in _TIMES}
        words = {name: self[name].data if name in self else getattr(self._words, name) for name in _WORDS}
        return Plan(**words, capacity=self.capacity.data, times=times, expert_ids=self.experts.data or ())

    def _time(self, name: str) -> datetime:
        """Return what was chosen; what stands as it was shown stays, also in an hour that the clocks show twice."""
        kept: Any = getattr(self._session, name, None)
        if name not in self or (
            kept and kept.astimezone(zone(choose_timezone())).replace(tzinfo=None) == self[name].data
        ):
            return kept
        return self[name].moment

    def look_again(self, version: int, words: SessionWords, revision: int | None) -> None:
        """Let whoever has looked send it once more; words that were changed meanwhile stand there as they are now."""
        self.seen.data = str(version)
        if revision is not None and self.revision.data != str(revision):
            self.revision.data = str(revision)
            for name in _WORDS:
                self[name].data = getattr(words, name)


def _proposed() -> dict[str, Any]:
    full = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    days = {"opens_at": 1, "answers_at": 4, "closes_at": 6, "archives_at": 20}
    return {"capacity": 3, **{name: full + timedelta(days=number) for name, number in days.items()}}


def _present(session: AskSession, words: SessionWords, revision: int | None) -> dict[str, Any]:
    times = {name: getattr(session, name) for name in _TIMES}
    marks = {"seen": str(session.version), "revision": str(revision or "")}
    return {**vars(words), **times, **marks, "capacity": session.capacity}


def _settled(session: AskSession, *, is_writer: bool) -> list[str]:
    """Return the fields that stand as they are: the times that have come, the words of somebody else."""
    past = clock.ORDER[1 : clock.ORDER.index(clock.phase_at(session, now())) + 1]
    return [*(clock.TIMES[phase] for phase in past), *(() if is_writer else _WORDS)]


class QuestionForm(PostForm):
    """One question. `seen` says that the ones like it were shown."""

    body = Words(_l("Your question"), QUESTION_LIMIT)
    parent = HiddenField()
    seen = HiddenField()
    form_token = HiddenField(default=form_token)


class TriageForm(Form):
    """What a host does with one question; which fields count depends on the act."""

    act = HiddenField()
    into = HiddenField()
    expert = HiddenField()
    reason = Words(_l("Why not: the asker reads it"), 1000, required=False)
