"""Calendars to fetch and to follow: one item, a sub-theme, an edition; and somebody's own at a private address."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from flask_babel import gettext

from forum.programme import calendars, own_calendar, queries
from forum.programme.models import Seat
from forum.subthemes.queries import by_slug

bp = Blueprint("calendars", __name__, url_prefix="/programme")


def _lang() -> str:
    return request.args.get("lang", "")


@bp.get("/items/<int:item_id>/calendar.ics")
def item(item_id: int) -> Response:
    """One item."""
    found = queries.item(item_id) or abort(404)
    with calendars.in_language(_lang()):
        return calendars.answer([found], found.edition.name(calendars.lang()), f"item-{found.id}")


@bp.get("/<slug>/calendar.ics")
def edition(slug: str) -> Response:
    """All items of an edition."""
    found = queries.edition(slug) or abort(404)
    with calendars.in_language(_lang()):
        return calendars.answer(queries.items_of(found.id), found.name(calendars.lang()), found.slug)


@bp.get("/<slug>/subthemes/<subtheme>.ics")
def track(slug: str, subtheme: str) -> Response:
    """The items of one sub-theme in an edition."""
    found, place = queries.edition(slug) or abort(404), by_slug(subtheme) or abort(404)
    items = [item for item in queries.items_of(found.id) if item.subtheme_id == place.id]
    with calendars.in_language(_lang()):
        lang = calendars.lang()
        return calendars.answer(items, f"{found.name(lang)} · {place.name(lang)}", f"{found.slug}-{place.slug}")


@bp.get("/mine/<token>/calendar.ics")
def mine(token: str) -> Response:
    """What its owner has signed up for. The address is the authority, and shows nothing of the person."""
    owner = own_calendar.owner_of(token) or abort(404)
    attended = queries.attended_by(owner.id)
    with calendars.in_language(_lang() or owner.language):
        return calendars.answer(
            [row.item for row in attended],
            gettext("My programme"),
            "mine",
            waiting={row.item_id for row in attended if row.seat == Seat.WAITING},
        )
