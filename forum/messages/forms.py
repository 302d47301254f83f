"""Forms for messages: a new conversation, a message, and who may write to me."""

from __future__ import annotations

import re

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from forum.accounts.models import User
from forum.accounts.queries import by_usernames
from forum.config import CONVERSATION_PEOPLE
from forum.core.forms import Form, Line, Words
from forum.core.text import BODY_LIMIT
from forum.core.web import form_token
from forum.messages.actions import TITLE_LIMIT

NAMES_LIMIT = 32 * CONVERSATION_PEOPLE  # each of 30 characters with a comma and a space
_BETWEEN = re.compile(r"[\s,;，；、]+")


class MessageForm(Form):
    """A message in a conversation."""

    body = Words(_l("Your text"), BODY_LIMIT)
    form_token = HiddenField(default=form_token)


class ConversationForm(Form):
    """A new conversation: to whom (user names), about what, and its first message."""

    to = Line(_l("To"), NAMES_LIMIT)
    title = Line(_l("Title"), TITLE_LIMIT)
    body = Words(_l("Your text"), BODY_LIMIT)
    form_token = HiddenField(default=form_token)

    def people(self) -> list[User] | None:
        """Return the people named in `to`, each once; None, with an error beside the field, when one is unknown."""
        names = list(dict.fromkeys(filter(None, (name.lstrip("@") for name in _BETWEEN.split(self.to.data or "")))))
        found = by_usernames(names[: CONVERSATION_PEOPLE + 1])
        if missing := [name for name in names[: CONVERSATION_PEOPLE + 1] if name not in found]:
            self.refuse("to", gettext("There is nobody with the user name %(name)s.", name=missing[0]))
            return None
        return list({person.id: person for person in found.values()}.values())


class ChoiceForm(Form):
    """Who may write to me."""

    who = RadioField(
        _l("Who may write to you?"),
        choices=[
            SelectChoice("everybody", _l("everybody of trust level 1 and above; adults never with somebody young")),
            SelectChoice("nobody", _l("nobody but moderators")),
        ],
    )
