"""What an administrator asks of those who moderate and administer, for everybody's safety."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts.queries import staff
from forum.admin.entrance import bp
from forum.admin.forms import StaffFactorForm
from forum.core import site, web
from forum.core.limits import limited
from forum.entry import staff as entry_staff
from forum.entry.admission import STAFF_SETTING


@bp.route("/security", methods=("GET", "POST"))
@limited("STAFF")
def security() -> Response:
    """Switch whether staff need a second factor, and show who has one."""
    form = StaffFactorForm(needed=bool(site.get(STAFF_SETTING, False)))
    if form.validate_on_submit():
        if entry_staff.ask_for_second_factor(form.needed.data, by=current_user):
            flash(gettext("Saved."))
        return web.see_other(url_for(".security"))
    people = staff()
    protected = entry_staff.with_second_factor([person.id for person in people])
    return web.page("admin/security.html", 422 if form.errors else 200, form=form, people=people, protected=protected)
