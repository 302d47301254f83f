"""Reading the programme: the edition that is now, any edition by day or by sub-theme, one item, what I attend."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.core import i18n, web
from forum.core.limits import limited
from forum.core.pagecache import shared
from forum.programme import live, own_calendar, policy, queries, seats, shelves, speaking, streams, telling, times
from forum.programme.models import Attendance, Edition, Item, Seat
from forum.programme.wording import has_place
from forum.threads import plugs
from forum.threads.policy import sees_thread

bp = Blueprint("programme", __name__, url_prefix="/programme")


@bp.get("")
@shared
def current() -> Response:
    """Show the edition that runs now, else the next one, else the latest."""
    found = queries.editions()
    edition = queries.current_of(found)
    if edition is None:
        return web.page("programme/none.html", may_plan=policy.may_plan(current_user))
    return _edition_page(edition)


@bp.get("/<slug>")
@shared
def edition(slug: str) -> Response:
    """Show an edition."""
    return _edition_page(queries.edition(slug) or abort(404))


def _edition_page(edition: Edition) -> Response:
    items = list(queries.items_of(edition.id))
    times.holds(items)
    clocks = times.clocks(current_user, edition.timezone)
    tracks = shelves.tracks(items)
    chosen = request.args.get("subtheme", "")
    shown = [item for item in items if item.subtheme.slug == chosen] if chosen else items
    by_track = request.args.get("by") == "subtheme" and not chosen
    return web.page(
        "programme/edition.html",
        edition=edition,
        others=[other for other in queries.editions() if other.id != edition.id],
        tracks=tracks,
        chosen=next((track for track in tracks if track.slug == chosen), None),
        by_track=by_track,
        shelves=shelves.by_track(shown) if by_track else shelves.by_day(shown, clocks),
        clocks=clocks,
        days=times.days(edition.starts_on, edition.ends_on),
        seats=queries.seats_of(current_user, [item.id for item in shown]),
        may_plan=policy.may_plan(current_user),
        may_write=policy.keeps_any(current_user),
    )


@bp.get("/items/<int:item_id>")
@shared
def item(item_id: int) -> Response:
    """Show an item; with `?player=1` the stream in a frame, if the operator allows its host."""
    item = _found(item_id)
    times.holds([item])
    seat = queries.seats_of(current_user, [item.id]).get(item.id)
    stream = _stream(item, seat)
    thread = item.thread if item.thread and sees_thread(current_user, item.thread) else None
    answer = web.page(
        "programme/item.html",
        item=item,
        clocks=times.clocks(current_user, item.edition.timezone),
        seat=seat,
        has_place=has_place(item),
        why_not=policy.why_not_sign_up(current_user, item),
        **stream,
        moments=[(streams.at(item.recording_url, at), streams.spoken(at), label) for at, label in item.moments],
        thread=thread,
        live=live.of_item(current_user, item),
        elsewhere=plugs.asked(plugs.reply_elsewhere, current_user, thread) if thread else None,
        may_keep=policy.may_keep(current_user, item.subtheme_id),
        speaks=current_user.is_authenticated and current_user.id in telling.speaking_at(item),
    )
    if stream["framed"]:
        answer.headers["Content-Security-Policy"] = f"{web.CSP}; frame-src https://{stream['host']}"
    return answer


def _stream(item: Item, seat: Attendance | None) -> dict[str, Any]:
    """Return whether the viewer sees the stream, may have it in a frame and wishes so, and whose host it is."""
    sees = bool(item.stream_url) and not item.is_cancelled and policy.sees_stream(current_user, item, seat)
    can_frame = sees and not item.is_over and streams.may_be_framed(item.stream_url)
    framed = can_frame and request.args.get("player") == "1"
    return {"sees_stream": sees, "can_frame": can_frame, "framed": framed, "host": streams.host_of(item.stream_url)}


@bp.post("/items/<int:item_id>/sign-up")
@login_required
@limited("ATTEND", accepted_only=True)
def sign_up(item_id: int) -> Response:
    """Take a place, or one in the waiting list."""
    mine = seats.sign_up(item_id, current_user)
    if mine.seat == Seat.GOING:
        flash(has_place(mine.item))
    else:
        flash(gettext("All places are taken. You wait for one, and are told as soon as you have it."))
    return web.see_other(url_for(".item", item_id=item_id))


@bp.post("/items/<int:item_id>/withdraw")
@login_required
@limited("ATTEND", accepted_only=True)
def withdraw(item_id: int) -> Response:
    """Give the place up."""
    if seats.withdraw(item_id, current_user.id):
        flash(gettext("You have given up your place."))
    return web.see_other(web.back(request.form.get("next"), url_for(".item", item_id=item_id)))


@bp.post("/items/<int:item_id>/step-down")
@login_required
@limited("ATTEND", accepted_only=True)
def step_down(item_id: int) -> Response:
    """Take one's own name off the speakers."""
    if speaking.step_down(item_id, current_user):
        flash(gettext("You are not named as a speaker any more."))
    return web.see_other(url_for(".item", item_id=item_id))


@bp.get("/mine")
@login_required
def mine() -> Response:
    """Show what the person has signed up for, and the address of their own calendar."""
    attended = queries.attended_by(current_user.id)
    key = own_calendar.key_of(queries.calendar_key(current_user.id))
    days = [
        (day, list(rows)) for day, rows in groupby(attended, lambda row: _clocks_of(row.item).day(row.item.starts_at))
    ]
    return web.page(
        "programme/mine.html",
        days=[(times.long_day(day), rows) for day, rows in days],
        clocks_of=_clocks_of,
        calendar_key=key,
        lang=i18n.page_lang(),
    )


@bp.post("/mine/calendar")
@login_required
@limited("PROFILE", accepted_only=True)
def make_calendar() -> Response:
    """Make the private address of the person's own calendar, or another one."""
    own_calendar.make(current_user)
    flash(gettext("This is the address of your calendar now. No other one works any more."))
    return web.see_other(url_for(".mine", _anchor="calendar"))


def _clocks_of(item: Item) -> times.Clocks:
    return times.clocks(current_user, item.edition.timezone)


def _found(item_id: int) -> Item:
    return queries.item(item_id) or abort(404)
