"""The forms of a note, and of handing a case over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from forum.accounts.models import User
from forum.core.forms import Form, Words
from forum.core.text import NOTE_LIMIT


class NoteForm(Form):
    """A note for the other moderators of the case."""

    note = Words(_l("Note for other moderators"), NOTE_LIMIT)


class HandOverForm(Form):
    """To whom a case goes, and what they should know."""

    to = SelectField(_l("Hand over to"), default="")
    note = Words(_l("What should they know?"), NOTE_LIMIT, required=False)

    def __init__(self, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.people = {str(each.id): each for each in people}
        self.to.choices = [
            ("", _l("nobody: back to the queue")),
            *((key, f"{each.name} (@{each.username})") for key, each in self.people.items()),
        ]

    def chosen(self) -> User | None:
        """Return the person chosen, None for the queue."""
        return self.people.get(self.to.data or "")
