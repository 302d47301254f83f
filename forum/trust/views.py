"""Where I stand and what is next; marking a sub-theme read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, url_for
from flask_babel import gettext
from flask_login import current_user, login_required
from limits import parse_many

from forum.core import i18n, web
from forum.core.limits import limited
from forum.subthemes.queries import by_slug
from forum.trust import actions, wording
from forum.trust.standing import standing_of

bp = Blueprint("trust", __name__)

ACTS = ("THREAD", "REPLY", "EDIT", "FLAG")


@bp.get("/settings/trust")
@login_required
def mine() -> Response:
    """Show my level, what the next one asks, and what each brings."""
    days = current_app.config["TRUST"]["3_WINDOW_DAYS"]
    return web.page("trust/mine.html", gains=_gains(), standing=standing_of(current_user), window_days=days)


def _gains() -> list[tuple[Any, Any, list[int]]]:
    """Return name, words and the daily numbers of threads, replies, edits and flags of each level."""
    suffixes = ("", "", "_MEMBER", "_REGULAR")
    rows = [[_a_day(act + suffix) for act in ACTS] for suffix in suffixes]
    return list(zip(wording.LEVELS, wording.GAINS, rows, strict=True))


def _a_day(row: str) -> int:
    """Return how many of an act the longest window of a limit allows."""
    return int(max(parse_many(current_app.config["LIMITS"][row])).amount)


@bp.post("/subthemes/<slug>/read")
@login_required
@limited("PROFILE")
def mark_read(slug: str) -> Response:
    """Mark everything in the sub-theme read for me."""
    subtheme = by_slug(slug) or abort(404)
    actions.mark_subtheme_read(current_user.id, subtheme.id)
    flash(gettext("Everything in “%(name)s” is marked as read.", name=subtheme.name(i18n.page_lang())))
    return web.see_other(url_for("subthemes.show", slug=subtheme.slug))
