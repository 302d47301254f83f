"""The queue of applications for the moderators of a sub-theme: read one, grant or decline it; revoke a credential."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.accounts.profiles import SECTORS
from forum.core import web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.credentials import actions, policy, queries, wording
from forum.credentials.forms import NoForm, YesForm
from forum.credentials.models import Application
from forum.experts import actions as experts
from forum.experts import queries as expert_queries
from forum.experts.forms import RevokeForm
from forum.experts.wording import languages_of
from forum.subthemes.policy import looks_after

bp = Blueprint("credential_desk", __name__)


bp.before_request(doors.only(policy.sees_queue, _l("Applications are decided by the moderators of their sub-theme.")))


@bp.get("/moderation/credentials")
def index() -> Response:
    """List the applications that wait for me, oldest first."""
    after = id_in(request.args.get("after")) or 0
    page = queries.queue(current_user, after)
    return web.page(
        "credentials/queue.html",
        page=page,
        later=url_for(".index", after=page.next_cursor) if page.next_cursor else None,
        first=url_for(".index") if after else None,
    )


@bp.get("/moderation/credentials/<int:application_id>")
def show(application_id: int) -> Response:
    """Show one application with what its sender says of themselves."""
    return _page(_found(application_id))


@bp.post("/moderation/credentials/<int:application_id>/grant")
@limited("STAFF", accepted_only=True)
def grant(application_id: int) -> Response:
    """Say yes."""
    found, form = _found(application_id), YesForm()
    if not form.validate_on_submit():
        return _page(found, 422, yes=form)
    try:
        actions.grant(application_id, form.valid_until.data, by=current_user)
    except Conflict as conflict:
        return _page(_found(application_id), 409, problem=conflict.message)
    except Refused as refusal:
        form.refuse_by("valid_until", refusal)
        return _page(_found(application_id), 422, yes=form)
    flash(gettext("Granted. The applicant is told, and the public log says so."))
    return web.see_other(url_for(".index"))


@bp.post("/moderation/credentials/<int:application_id>/decline")
@limited("STAFF", accepted_only=True)
def decline(application_id: int) -> Response:
    """Say no, and why."""
    found, form = _found(application_id), NoForm()
    if not form.validate_on_submit():
        return _page(found, 422, no=form)
    try:
        actions.decline(application_id, form.cause.data, form.reason.data or "", by=current_user)
    except Conflict as conflict:
        return _page(_found(application_id), 409, problem=conflict.message)
    flash(gettext("Declined. The applicant reads why; the public log names nobody."))
    return web.see_other(url_for(".index"))


@bp.route("/experts/credentials/<int:credential_id>/revoke", methods=("GET", "POST"))
@limited("STAFF", accepted_only=True)
def revoke(credential_id: int) -> Response:
    """End a credential, with a reason that its holder reads."""
    found = expert_queries.by_id(credential_id)
    if found is None:
        raise NotFound
    if found.revoked_at is None and not policy.may_revoke(current_user, found):
        raise Forbidden(gettext("Moderators of the sub-theme revoke credentials, and nobody their own."))
    form = RevokeForm()
    if form.validate_on_submit():
        if experts.revoke(found, form.reason.data or "", by=current_user):
            flash(gettext("The credential is revoked. Answers given with it stay and say so."))
        else:
            flash(gettext("It was revoked before."), "warning")
        return web.see_other(url_for("credentials.show", credential_id=found.id))
    return web.page("credentials/revoke.html", 422 if form.errors else 200, form=form, credential=found)


def _found(application_id: int) -> Application:
    """Return the application; of another sub-theme's the viewer knows nothing."""
    found = queries.in_full(application_id)
    if found is None or not looks_after(current_user, found.subtheme_id):
        raise NotFound
    return found


def _page(
    found: Application, status: int = 200, *, yes: YesForm | None = None, no: NoForm | None = None, problem: Any = None
) -> Response:
    objection = policy.why_not_decide(current_user, found)
    yes, no = yes or YesForm(formdata=None), no or NoForm(formdata=None)
    yes.propose(found.renews.valid_until if found.renews else None)
    return web.page(
        "credentials/application.html",
        status,
        application=found,
        languages=languages_of(found),
        sectors=SECTORS,
        causes=wording.CAUSES,
        states=wording.STATES,
        earlier=queries.earlier(found, current_user),
        held=expert_queries.of_person(found.user_id),
        objection=objection,
        problem=problem,
        yes=yes,
        no=no,
    )
