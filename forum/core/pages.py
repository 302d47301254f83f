"""Pages that say what this place is and need no data, for people and for robots."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect

from forum.core.web import asset, page

bp = Blueprint("pages", __name__)

DAY = 24 * 3600
# What robots have no business with: forms, searches without end, and what belongs to staff. All else is public.
NOT_FOR_ROBOTS = ("/login", "/register", "/settings", "/search", "/live", "/moderation/cases", "/admin")


@bp.get("/about")
def about() -> Response:
    """Say what this place is, who does what here, and where its source is."""
    return page("about.html")


@bp.get("/robots.txt")
def robots() -> Response:
    """Tell robots what to read."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {current_app.config['SITE_URL']}/sitemap.xml", ""]
    answer = make_response("\n".join(lines))
    answer.mimetype = "text/plain"
    return _kept_for_a_day(answer)


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Lead those who ask at the old address to the drawing; our own pages link to it."""
    return _kept_for_a_day(make_response(redirect(asset("img/favicon.svg"))))


def _kept_for_a_day(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    return answer
