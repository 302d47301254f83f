"""Forms of the programme: an edition, an item, its notes, a cancellation. Times are typed by the venue's clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forum.accounts import zones
from forum.core.errors import Refused
from forum.core.forms import Form, Line, Words
from forum.core.paging import id_in
from forum.core.text import TITLE_LIMIT
from forum.programme import live, naming, streams, times, wording
from forum.programme.actions import AGENDA_LIMIT, DESCRIPTION_LIMIT, EDITION_FIELDS, NOTES_LIMIT, REASON_LIMIT
from forum.programme.checks import check_edition_days
from forum.programme.models import URL_LIMIT, Edition, Item
from forum.subthemes.models import SubTheme
from forum.threads.seals import form_token

_THREAD = re.compile(r"(?:.*/threads/)?(\d{1,10})(?:[/?#].*)?")
LINES_LIMIT = 4_000


class EditionForm(Form):
    """An edition: its names, days, place and clock. The address is given once."""

    slug = Line(_l("Address"), 40)
    name_en = Line(_l("Name in English"), 150)
    name_zh = Line(_l("Name in Chinese"), 150)
    place_en = Line(_l("Place in English"), 150, required=False)
    place_zh = Line(_l("Place in Chinese"), 150, required=False)
    starts_on = DateField(_l("Its first day"), [InputRequired()])
    ends_on = DateField(_l("Its last day"), [InputRequired()])
    timezone = SelectField(_l("Time zone of the venue"))
    seen = IntegerField(widget=HiddenInput(), default=0)

    def __init__(self, edition: Edition | None = None, **options: Any) -> None:
        kept = {name: getattr(edition, name) for name in EDITION_FIELDS} if edition else {"timezone": "Asia/Shanghai"}
        super().__init__(data={**kept, "seen": edition.version if edition else 0}, **options)
        self.timezone.choices = [(name or "UTC", words) for name, words in zones.choices()]
        if edition:
            del self.slug

    def validate_ends_on(self, field: DateField) -> None:
        """Say what is wrong with the days beside the second of them."""
        try:
            check_edition_days(self.starts_on.data, field.data)
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal

    def fields(self) -> dict[str, Any]:
        """Return the fields as the action takes them."""
        return {name: self[name].data for name in EDITION_FIELDS}


class ItemForm(Form):
    """An item of the programme; who may write which tracks decides what is offered."""

    subtheme = SelectField(_l("Sub-theme"))
    kind = SelectField(_l("Kind"))
    title_en = Line(_l("Title in English"), TITLE_LIMIT)
    title_zh = Line(_l("Title in Chinese"), TITLE_LIMIT)
    starts_at = DateTimeLocalField(_l("Begins"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    ends_at = DateTimeLocalField(_l("Ends"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    lang = SelectField(_l("Language"))
    speakers = Words(_l("Speakers"), LINES_LIMIT, required=False)
    description_en = Words(_l("What it is about, in English"), DESCRIPTION_LIMIT, required=False)
    description_zh = Words(_l("What it is about, in Chinese"), DESCRIPTION_LIMIT, required=False)
    place_en = Line(_l("Place in English"), 150, required=False)
    place_zh = Line(_l("Place in Chinese"), 150, required=False)
    stream_url = Line(_l("Address of the stream"), URL_LIMIT, required=False)
    capacity = IntegerField(_l("Places"), [Optional()])
    session_id = SelectField(_l("Its ask-an-expert session"), coerce=lambda value: int(value) if value else None)
    thread = Line(_l("Its discussion"), 300, required=False)
    seen = IntegerField(widget=HiddenInput(), default=0)
    form_token = HiddenField(default=form_token)
    asked = HiddenField()
    question: Any = None

    def __init__(self, edition: Edition, item: Item | None = None, **options: Any) -> None:
        self._edition, self._item = edition, item
        super().__init__(data=_kept(item, edition) if item else {}, **options)
        self.kind.choices = [(str(code), words) for code, words in wording.KINDS.items()]
        self.lang.choices = list(wording.LANGUAGES.items())
        if item:
            del self.subtheme, self.form_token
            self._offer_sessions([item.subtheme_id])

    def offer(self, subthemes: Sequence[SubTheme], lang: str) -> None:
        """Offer these sub-themes for a new item, by their names in `lang`, with their sessions."""
        self.subtheme.choices = [(str(one.id), one.name(lang)) for one in subthemes]
        self._offer_sessions([one.id for one in subthemes])

    def _offer_sessions(self, subtheme_ids: Sequence[int]) -> None:
        own = self._item.session if self._item else None
        self.session_id.choices = [("", gettext("None")), *live.choices(subtheme_ids, own)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the times by the venue's clock and the lines of speakers; say what is wrong beside the field."""
        accepted = super().validate(extra_validators)
        self.moments = {name: self._moment(name) for name in ("starts_at", "ends_at")}
        return accepted and not self.errors

    def fields(self) -> dict[str, Any]:
        """Return the fields as the action takes them, once the form is valid. Raises Refused for the speakers."""
        names = ("kind", "lang", "title_en", "title_zh", "description_en", "description_zh", "place_en", "place_zh",
                 "capacity", "session_id")  # fmt: skip
        plain = {name: self[name].data for name in names}
        named = naming.read(self.speakers.data or "")
        return {**plain, **self.moments, "stream_url": streams.checked(self.stream_url.data or ""), "speakers": named}

    @property
    def thread_id(self) -> int | None:
        """The id of the thread that was named by its number or address; 0 for nonsense, None for none."""
        typed = self.thread.data or ""
        found = _THREAD.fullmatch(typed)
        return (id_in(found[1]) or 0 if found else 0) if typed else None

    def _moment(self, name: str) -> datetime | None:
        typed = self[name].data
        try:
            return times.at_venue(typed, self._edition.timezone, getattr(self._item, name, None)) if typed else None
        except (times.NoSuchTime, OverflowError):
            self.refuse(name, gettext("The clocks at the venue are set forward then: there is no such time."))
            return None


def _kept(item: Item, edition: Edition) -> dict[str, Any]:
    names = ("kind", "lang", "title_en", "title_zh", "description_en", "description_zh", "place_en", "place_zh",
             "stream_url", "capacity", "session_id")  # fmt: skip
    moments = {name: times.typed_at(getattr(item, name), edition.timezone) for name in ("starts_at", "ends_at")}
    kept = {name: getattr(item, name) for name in names}
    thread = f"/threads/{item.thread_id}" if item.thread_id else ""
    return {**kept, **moments, "speakers": naming.typed(item.speakers), "thread": thread, "seen": item.version}


class NotesForm(Form):
    """What moderators write during and after an item."""

    agenda = Words(_l("Agenda"), AGENDA_LIMIT, required=False)
    notes = Words(_l("Notes"), NOTES_LIMIT, required=False)
    recording_url = Line(_l("Address of the recording"), URL_LIMIT, required=False)
    moments = Words(_l("Moments of the recording"), 8_000, required=False)
    seen = IntegerField(widget=HiddenInput(), default=0)

    def __init__(self, item: Item, **options: Any) -> None:
        kept = {"agenda": item.agenda, "notes": item.notes, "recording_url": item.recording_url, "seen": item.version}
        super().__init__(data={**kept, "moments": streams.typed(item.moments)}, **options)

    def fields(self) -> dict[str, str]:
        """Return the fields as the action takes them."""
        return {name: self[name].data or "" for name in ("agenda", "notes", "recording_url", "moments")}


class CancelForm(Form):
    """Why an item does not take place; everybody reads it."""

    reason = Line(_l("Why it does not take place"), REASON_LIMIT)
