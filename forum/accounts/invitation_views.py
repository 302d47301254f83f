"""One's own invitations: made, shown once, withdrawn."""

from __future__ import annotations

from flask import Blueprint, Response, flash, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import invitations, policy
from forum.accounts.forms import InvitationForm
from forum.accounts.refusals import BadField
from forum.core import web
from forum.core.limits import limited
from forum.mail.addresses import link_to

bp = Blueprint("invitations", __name__, url_prefix="/invitations")
_MADE = "invitation"  # in Flask's session, until the page has shown it once


@bp.get("")
@login_required
def index() -> Response:
    """List one's invitations, with the code of one just made."""
    return _page(InvitationForm(), made=session.pop(_MADE, None))


@bp.post("")
@login_required
@limited("INVITATION", accepted_only=True)
def make() -> Response:
    """Make an invitation."""
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            session[_MADE] = invitations.invite(current_user, form.note.data)
        except BadField as refusal:
            form.refuse(refusal.field, refusal.message)
        else:
            return web.see_other(url_for(".index"))
    return _page(form, 422)


@bp.post("/<int:invitation_id>/withdraw")
@login_required
@limited("INVITATION", accepted_only=True)
def withdraw(invitation_id: int) -> Response:
    """Take an invitation back."""
    if invitations.withdraw(invitation_id, current_user):
        flash(gettext("The invitation is withdrawn."))
    else:
        flash(gettext("It did not work any more."), "warning")
    return web.see_other(url_for(".index"))


def _page(form: InvitationForm, status: int = 200, made: str | None = None) -> Response:
    mine = invitations.of(current_user)
    return web.page(
        "accounts/invitations.html",
        status,
        form=form,
        mine=mine,
        guests=invitations.guests(mine),
        is_open=invitations.is_open,
        most=invitations.most(current_user),
        why_not=policy.why_not_invite(current_user),
        made=made,
        link=link_to("accounts.register", invitation=made) if made else "",
    )
