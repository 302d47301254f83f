"""Under which names the forum answers: others are refused before anything else looks at the request."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_babel import lazy_gettext as _l

from forum.core import security_log
from forum.core.error_pages import error_page
from forum.core.web import NO_NAME

log = logging.getLogger(__name__)
OTHER_NAME = _l("This forum does not answer under this name. Use the address that you were given.")


def init_app(app: Flask) -> None:
    """Check the header Host of every request to `app`; to be called before the other tools' own checks join."""
    app.before_request(_refuse_other_names)


def _refuse_other_names() -> Response | None:
    """Answer 400 under a name that is not ours: an address made from it could lead people elsewhere.

    Load balancers ask for health by number and get their answer, which holds no address.
    """
    allowed = current_app.config["ALLOWED_HOSTS"]
    if NO_NAME in request.environ:
        return error_page(400, OTHER_NAME)
    if not allowed or name_of(request.host) in allowed or request.blueprint == "health":
        return None
    security_log.note("host.refused")
    log.warning("a request under another name than SITE_URL's was refused; see ALLOWED_HOSTS")
    return error_page(400, OTHER_NAME)


def name_of(host: str) -> str:
    """Return the name in a header Host without its port, "" when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
