"""Language and appearance of the pages, chosen in the header by anybody and kept in two cookies."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext

from forum.core import cookies, i18n, web
from forum.core.errors import Forbidden
from forum.core.extensions import csrf

bp = Blueprint("preferences", __name__)
# No form token: it would need a session cookie for every reader who only reads. Where the request comes from is
# checked instead, and nothing but these two cookies can be set.
csrf.exempt(bp)

YEAR = 365  # days


@bp.post("/preferences")
def save() -> Response:
    """Keep the chosen language or theme and go back to the page."""
    if not is_from_here():
        raise Forbidden(gettext("This came from another site. Use the switch on our own pages."))
    answer = web.see_other(web.back(request.form.get("next"), "/"))
    language, theme = request.form.get("language"), request.form.get("theme")
    if language in i18n.LANGUAGES:
        cookies.put(answer, i18n.COOKIE, language, days=YEAR)
    if theme in web.THEMES:
        cookies.put(answer, web.THEME_COOKIE, theme, days=YEAR)
    return answer


def is_from_here() -> bool:
    """Whether the browser says that our own page sent this; one that says nothing at all is no browser of today."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return origin in (request.host_url.rstrip("/"), _origin_of(current_app.config["SITE_URL"]))


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
