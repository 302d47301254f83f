"""The page on which somebody flags a post, a thread or a profile: its form, shown and taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash
from flask_babel import lazy_gettext as _l

from forum.core import web
from forum.core.errors import Refused
from moderation import rules
from moderation.forms import FlagForm

THANKS = _l("Thank you. A moderator will look at it, and you will be told what was decided.")


def flag_page(template: str, here: str, act: Callable[[str, str], object], **subject: Any) -> Response:
    """Show the form of a flag, or hand the rule and the note to `act` and lead back `here`, where the subject is."""
    form = FlagForm()
    if form.validate_on_submit():
        try:
            act(form.reason.data, form.note.data)
        except Refused as refusal:
            form.refuse_by("reason", refusal)
        else:
            flash(THANKS)
            return web.see_other(here)
    return web.page(template, 422 if form.errors else 200, form=form, rules=rules.current(), **subject)
