"""Pages that say what this place is and need no data."""

from __future__ import annotations

from flask import Blueprint, Response

from forum.core.web import page

bp = Blueprint("pages", __name__)


@bp.get("/about")
def about() -> Response:
    """Say what this place is, who does what here, and where its source is."""
    return page("about.html")
