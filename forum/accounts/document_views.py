"""The terms of use and the privacy notice, and accepting a new version of them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import consents, documents
from forum.accounts.appeals import whom_to_write
from forum.core import i18n, web
from forum.core.errors import Conflict
from forum.core.limits import limited

bp = Blueprint("documents", __name__)


@bp.get("/terms")
def terms() -> Response:
    """Show the terms of use."""
    return _page("terms", gettext("Terms of use"))


@bp.get("/privacy")
def privacy() -> Response:
    """Show the privacy notice."""
    return _page("privacy", gettext("Privacy notice"))


@bp.post("/consents")
@login_required
@limited("PROFILE")
def accept() -> Response:
    """Accept the present versions, if they are those that the person was shown."""
    versions = _versions()
    if request.form.get("seen") != consents.mark(versions):
        raise Conflict(gettext("The documents have changed since this page was opened. Please look at them again."))
    consents.give(current_user, versions, i18n.locale_name())
    flash(gettext("Thank you. Your consent is written down."))
    return web.see_other(web.back(request.form.get("next"), "/"))


@bp.app_context_processor
def _due() -> dict[str, Any]:
    """Give every page `agreement_due`: the mark of the versions that the reader has not accepted yet, else ""."""
    if not current_user or not current_user.is_authenticated:
        return {"agreement_due": ""}
    versions = _versions(exact=False)
    return {"agreement_due": "" if consents.has_agreed(current_user, versions) else consents.mark(versions)}


def _versions(*, exact: bool = True) -> dict[str, int]:
    return documents.versions(current_app.config["FORUM_INSTANCE"], exact=exact)


def _page(name: str, title: str) -> Response:
    instance, words = current_app.config["FORUM_INSTANCE"], {"site_name": i18n.site_name()}
    html = documents.html(name, i18n.locale_name(), instance, words)
    return web.page(
        "documents/show.html", title=title, html=html, version=_versions()[name], name=name, whom=whom_to_write()
    )
