"""Pages for everybody: what a credential says, applying for one, asking for its renewal, one's own."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.profiles import SECTORS
from forum.core import i18n, web
from forum.core.errors import Conflict, NotFound, Refused, allow
from forum.core.extensions import login_manager
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.credentials import actions, policy, queries, wording
from forum.credentials.forms import ApplyForm, LanguagesForm, RenewForm
from forum.experts import actions as experts
from forum.experts import queries as expert_queries
from forum.experts.models import Credential
from forum.experts.wording import LANGUAGES, languages_of
from forum.subthemes.queries import open_subthemes
from forum.threads.expert_queries import answers_with

bp = Blueprint("credentials", __name__)


@bp.get("/experts/credentials/<int:credential_id>")
def show(credential_id: int) -> Response:
    """Show what a credential says and the answers given with it; of somebody unlisted to people who are signed in."""
    found = _found(credential_id)
    if found.user.is_unlisted and not current_user.is_authenticated:
        return login_manager.unauthorized()
    before = id_in(request.args.get("before"))
    page = answers_with(found, before)
    return web.page(
        "credentials/credential.html",
        credential=found,
        sector=SECTORS.get(found.sector),
        languages=languages_of(found),
        page=page,
        next_url=url_for(".show", credential_id=found.id, before=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".show", credential_id=found.id) if before else None,
        may_revoke=current_user.is_authenticated and policy.may_revoke(current_user, found),
    )


@bp.get("/settings/credentials")
@login_required
def mine() -> Response:
    """List my applications and my credentials."""
    before = id_in(request.args.get("before"))
    page = queries.of_person(current_user.id, before)
    return web.page(
        "credentials/mine.html",
        page=page,
        next_url=url_for(".mine", before=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".mine") if before else None,
        held=expert_queries.of_person(current_user.id),
        languages=LANGUAGES,
        asked=queries.open_renewals(current_user.id),
        may_ask=policy.may_ask_to_renew,
        why_not=policy.why_not_apply(current_user),
        states=wording.STATES,
        sectors=SECTORS,
    )


@bp.route("/experts/apply", methods=("GET", "POST"))
@login_required
@limited("CREDENTIAL", accepted_only=True)
def apply() -> Response:
    """Apply for a credential."""
    allow(policy.why_not_apply(current_user))
    form, status = ApplyForm(), 200
    form.offer(open_subthemes(), i18n.page_lang())
    if form.validate_on_submit():
        try:
            actions.apply(form.chosen(), form.wanted(), by=current_user)
        except (Conflict, Refused) as refusal:
            form.refuse("subtheme", refusal.message)
            status = refusal.status
        else:
            flash(gettext("Your application is sent. A moderator of the sub-theme reads it, and you are told."))
            return web.see_other(url_for(".mine"))
    return web.page("credentials/apply.html", 422 if form.errors and status == 200 else status, form=form)


@bp.post("/settings/credentials/applications/<int:application_id>/withdraw")
@login_required
@limited("PROFILE")
def withdraw(application_id: int) -> Response:
    """Take an application back."""
    if actions.withdraw(application_id, by=current_user):
        flash(gettext("The application is taken back, and what you sent with it is deleted."))
    else:
        flash(gettext("It was decided or taken back before."), "warning")
    return web.see_other(url_for(".mine"))


@bp.route("/experts/credentials/<int:credential_id>/renew", methods=("GET", "POST"))
@login_required
@limited("CREDENTIAL", accepted_only=True)
def renew(credential_id: int) -> Response:
    """Ask that my credential lasts longer."""
    found = _own(credential_id)
    allow(policy.why_not_apply(current_user))
    if not policy.may_ask_to_renew(found):
        raise Conflict(actions.NOT_NOW)
    form, status = RenewForm(), 200
    if form.validate_on_submit():
        try:
            actions.ask_to_renew(found, form.evidence.data or "", form.addresses(), by=current_user)
        except (Conflict, Refused) as refusal:
            form.refuse("evidence", refusal.message)
            status = refusal.status
        else:
            flash(gettext("Your wish is sent. A moderator of the sub-theme reads it, and you are told."))
            return web.see_other(url_for(".mine"))
    status = 422 if form.errors and status == 200 else status
    return web.page("credentials/renew.html", status, form=form, credential=found)


@bp.post("/experts/credentials/<int:credential_id>/languages")
@login_required
@limited("PROFILE")
def answer_in(credential_id: int) -> Response:
    """Say in which languages I answer."""
    found, form = _own(credential_id), LanguagesForm()
    if not form.validate_on_submit():
        raise Refused(gettext("Choose one of these."))
    experts.answer_in(found, form.chosen(), by=current_user)
    flash(gettext("Saved."))
    return web.see_other(url_for(".mine"))


def _found(credential_id: int) -> Credential:
    found = expert_queries.by_id(credential_id)
    if found is None:
        raise NotFound
    return found


def _own(credential_id: int) -> Credential:
    found = _found(credential_id)
    if found.user_id != current_user.id:
        raise NotFound
    return found
