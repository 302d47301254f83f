"""Linking accounts at outside providers to one's own, and unlinking them; they are listed among the ways in."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import signin
from forum.accounts.proving import fresh
from forum.core import web
from forum.core.errors import Conflict, NotFound
from forum.core.limits import limited
from forum.entry import identities, providers
from forum.entry.attempts import LINK
from forum.entry.provider_views import leave

bp = Blueprint("identities", __name__, url_prefix="/settings/security")


@bp.post("/providers/<provider>")
@fresh()
@limited("PROFILE")
def link(provider: str) -> Response:
    """Send the browser to the provider; what it comes back with is linked to this account."""
    found, here = providers.named(provider), signin.here()
    if here is None:
        raise NotFound
    return leave(found, url_for("security.index"), LINK, here.id)


@bp.post("/identities/<int:identity_id>/remove")
@fresh()
@limited("PROFILE")
def unlink(identity_id: int) -> Response:
    """Let this account at a provider sign in no more."""
    label = providers.label(identities.own(current_user, identity_id).provider)
    try:
        identities.unlink(current_user, identity_id, label, providers.configured())
    except Conflict as refusal:
        flash(str(refusal), "error")
    else:
        flash(gettext("Unlinked. %(provider)s does not sign you in any more.", provider=label))
    return web.see_other(url_for("security.index"))
