"""Whom somebody writes to who thinks that a decision is wrong: nobody is left without a way."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from forum.accounts import queries
from forum.core.contact import contact

_LINK = Markup('<a href="{}"><bdi>{}</bdi></a>')


def whom_to_write() -> Markup:
    """Return the operator's address as a link; without one, the administrators by their pages; else plain words."""
    if address := contact():
        return _LINK.format(*address)
    names = [
        _LINK.format(url_for("people.profile", username=person.username), person.name)
        for person in queries.administrators()
    ]
    if names:
        return escape(gettext("an administrator (%(names)s)")) % {"names": escape(gettext(", ")).join(names)}
    return escape(gettext("the people who run this forum"))
