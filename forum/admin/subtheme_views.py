"""Sub-themes as an administrator edits them."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.admin import queries
from forum.admin.entrance import bp
from forum.core import web
from forum.core.errors import NotFound
from forum.core.limits import limited
from forum.subthemes import actions
from forum.subthemes.forms import NewSubThemeForm, SubThemeForm
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug


@bp.get("/subthemes")
def subthemes() -> Response:
    """List all sub-themes, archived ones last."""
    return web.page("admin/subthemes.html", subthemes=queries.all_subthemes())


@bp.route("/subthemes/new", methods=("GET", "POST"))
@limited("STAFF")
def new_subtheme() -> Response:
    """Make a sub-theme."""
    form = NewSubThemeForm()
    if not form.is_submitted():
        form.position.data = max((each.position for each in queries.all_subthemes()), default=0) + 1
        form.hue.data = 0
    if form.validate_on_submit():
        try:
            actions.create(form.slug.data, **form.facts(), by=current_user)
        except actions.SlugTaken as refusal:
            form.refuse("slug", refusal.message)
        else:
            flash(gettext("The sub-theme is there."))
            return web.see_other(url_for(".subthemes"))
    return web.page("admin/subtheme.html", 422 if form.errors else 200, form=form, subtheme=None)


@bp.route("/subthemes/<slug>", methods=("GET", "POST"))
@limited("STAFF")
def edit_subtheme(slug: str) -> Response:
    """Change a sub-theme's names, words, place and colour."""
    subtheme = _subtheme(slug)
    form = SubThemeForm(obj=subtheme)
    if form.validate_on_submit():
        actions.edit(subtheme, **form.facts(), by=current_user)
        flash(gettext("Saved."))
        return web.see_other(url_for(".subthemes"))
    return web.page("admin/subtheme.html", 422 if form.errors else 200, form=form, subtheme=subtheme)


@bp.post("/subthemes/<slug>/archive")
@limited("STAFF")
def archive_subtheme(slug: str) -> Response:
    """Close a sub-theme to new threads."""
    actions.archive(_subtheme(slug), by=current_user)
    flash(gettext("The sub-theme is archived: everything stays readable, nothing new can be started."))
    return web.see_other(url_for(".edit_subtheme", slug=slug))


@bp.post("/subthemes/<slug>/unarchive")
@limited("STAFF")
def unarchive_subtheme(slug: str) -> Response:
    """Open a sub-theme to new threads again."""
    actions.unarchive(_subtheme(slug), by=current_user)
    flash(gettext("The sub-theme is open again."))
    return web.see_other(url_for(".edit_subtheme", slug=slug))


def _subtheme(slug: str) -> SubTheme:
    found = by_slug(slug)
    if found is None:
        raise NotFound
    return found
