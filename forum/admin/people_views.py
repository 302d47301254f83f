"""People as an administrator sees them: found by name, with their role and credentials."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import actions as account_actions
from forum.accounts import aging, confirmations, records
from forum.accounts import policy as account_policy
from forum.accounts import queries as people_queries
from forum.accounts.mailing import comes_back
from forum.accounts.models import User
from forum.admin import actions as admin_actions
from forum.admin import people_lists, queries
from forum.admin.entrance import bp
from forum.admin.forms import ROLE_WORDS, STANDING_WORDS, AgeForm, OfficeForm, RoleForm
from forum.admin.mail_views import STATE_WORDS
from forum.core import i18n, web
from forum.core.errors import NotFound, Refused
from forum.core.limits import limited
from forum.core.paging import Page, id_in
from forum.experts import actions, policy
from forum.experts import queries as expert_queries
from forum.experts.forms import GrantForm
from forum.mail import queries as mails
from forum.mail.letters import title_of
from forum.subthemes import moderators
from forum.subthemes import policy as subtheme_policy
from forum.subthemes.queries import open_subthemes
from forum.trust.standing import standing_of

QUERY_LIMIT = 320  # the longest e-mail address


@bp.get("/people")
def people() -> Response:
    """Find people by the beginning of their name, a former name or an e-mail address; or read one of the lists."""
    asked = request.args.get("q", "").strip()[:QUERY_LIMIT]
    name = request.args.get("list", "")
    since = people_lists.day_in(request.args.get("since", ""))
    after = request.args.get("after", "")
    found, former = None, None
    if "@" in asked:
        found = Page(people_queries.by_address(asked))
    elif asked:
        found, former = people_queries.named_like(asked, after), people_queries.by_former_name(asked)
    elif name in people_lists.LISTS:
        found = people_lists.page(name, after, since)
    kept = {"q": asked} if asked else {"list": name, "since": since.isoformat() if since else None}
    return web.page(
        "admin/people.html", asked=asked, name=name, since=since, found=found, former=former, kept=kept,
        lists=people_lists.LISTS, staff=people_queries.everybody_on_duty() if found is None else (),
    )  # fmt: skip


@bp.get("/people/<username>/network")
def network(username: str) -> Response:
    """List who signed up from the same network, as far as that is still known."""
    user = _person(username)
    found = records.from_same_network(user, id_in(request.args.get("after")))
    return web.page("admin/network.html", user=user, found=found, paged="after" in request.args)


@bp.post("/people/<username>/sessions/end")
@limited("STAFF")
def end_sessions(username: str) -> Response:
    """Sign the person out everywhere."""
    user = _person(username)
    records.end_sessions(user, by=current_user)
    flash(gettext("%(name)s is signed out everywhere.", name=user.name))
    return web.see_other(url_for(".person", username=user.username))


@bp.post("/people/<username>/reset")
@limited("STAFF")
def send_reset(username: str) -> Response:
    """Send the person a link to set a new password."""
    user = _person(username)
    admin_actions.send_reset(user, by=current_user)
    flash(gettext("A link to set a new password is on its way to %(name)s.", name=user.name))
    return web.see_other(url_for(".person", username=user.username))


@bp.post("/people/<username>/confirm")
@limited("STAFF")
def confirm(username: str) -> Response:
    """Take the address for the person's own without a link."""
    user = _person(username)
    if confirmations.confirm_by_hand(user, by=current_user):
        flash(gettext("The address is confirmed."))
    else:
        flash(gettext("It was confirmed before."), "warning")
    return web.see_other(url_for(".person", username=user.username))


@bp.post("/people/<username>/age")
@limited("STAFF")
def set_age(username: str) -> Response:
    """Set the person's age group."""
    user, form = _person(username), AgeForm()
    if not form.validate_on_submit():
        raise Refused(gettext("Choose one of these."))
    if aging.set_band(user, form.band.data, by=current_user):
        flash(gettext("Saved. The public log says that an age group was changed, and not which."))
    return web.see_other(url_for(".person", username=user.username))


@bp.route("/people/<username>", methods=("GET", "POST"))
@limited("STAFF")
def person(username: str) -> Response:
    """Show one person; a POST changes their role."""
    user = _person(username)
    form = RoleForm(role=user.role)
    if form.validate_on_submit():
        try:
            changed = account_actions.change_role(user, form.role.data, by=current_user)
        except Refused as refusal:
            form.refuse("role", refusal.message)
            return _person_page(user, form, refusal.status)
        if changed:
            flash(gettext("The role is changed. %(name)s has to sign in again.", name=user.name))
        return web.see_other(url_for(".person", username=user.username))
    return _person_page(user, form, 422 if form.errors else 200)


def _person_page(user: User, form: RoleForm, status: int) -> Response:
    return web.page(
        "admin/person.html",
        status,
        user=user,
        standing_words=STANDING_WORDS,
        invited_by=people_queries.by_id(user.invited_by_id) if user.invited_by_id else None,
        form=form,
        former=people_queries.former_names(user.id),
        session_count=records.session_count(user.id),
        neighbours=records.from_same_network(user),
        consents=records.consents_of(user.id),
        letters=mails.of_person(user.id),
        letter_words=STATE_WORDS,
        title_of=title_of,
        comes_back=comes_back,
        parts=list(records.of_rooms(user)),
        trust=standing_of(user),
        credentials=expert_queries.of_person(user.id),
        role_grants=queries.role_grants(user.id),
        offices=moderators.offices_of(user.id),
        office_form=_office_form(user),
        age_form=AgeForm(formdata=None, band=user.age_band),
        may_appoint=subtheme_policy.may_appoint(current_user, user),
        role_words=ROLE_WORDS,
        may_change_role=account_policy.may_change_role(current_user, user, user.role),
        may_decide=policy.may_decide(current_user, user, None),
    )


def _office_form(user: User) -> OfficeForm:
    form = OfficeForm()
    form.offer([one for one in open_subthemes() if one.id not in user.moderates], i18n.page_lang())
    return form


@bp.route("/people/<username>/credentials/new", methods=("GET", "POST"))
@limited("STAFF")
def grant(username: str) -> Response:
    """Make the person an expert of a sub-theme."""
    user = _person(username)
    form = GrantForm()
    form.offer(open_subthemes(), i18n.page_lang())
    status = 200
    if form.validate_on_submit():
        try:
            actions.grant(user, form.chosen(), **form.facts(), by=current_user)
        except Refused as refusal:
            form.refuse("title", refusal.message)
            status = refusal.status
        else:
            flash(gettext("%(name)s may now answer as an expert.", name=user.name))
            return web.see_other(url_for(".person", username=user.username))
    return web.page("admin/grant.html", 422 if form.errors and status == 200 else status, form=form, user=user)


def _person(username: str) -> User:
    found = people_queries.by_username(username)
    if found is None:
        raise NotFound
    return found
