"""Who moderates which sub-themes: appointed and dismissed on the person's page in the administration."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts.models import User
from forum.accounts.queries import by_username
from forum.admin.entrance import bp
from forum.admin.forms import OfficeForm
from forum.core import i18n, web
from forum.core.errors import NotFound
from forum.core.forms import Form
from forum.core.limits import limited
from forum.subthemes import moderators
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug


@bp.post("/people/<username>/subthemes")
@limited("STAFF")
def appoint(username: str) -> Response:
    """Let the person moderate one more sub-theme."""
    user = _person(username)
    form = OfficeForm()
    if not form.validate_on_submit():
        flash(gettext("Choose a sub-theme."), "warning")
        return _back(user)
    subtheme = _subtheme(form.subtheme.data)
    if moderators.appoint(user, subtheme, by=current_user):
        said = gettext("%(name)s moderates “%(subtheme)s” now, and has to sign in again.", **_names(user, subtheme))
    else:
        said = gettext("%(name)s moderates “%(subtheme)s” already.", **_names(user, subtheme))
    flash(said)
    return _back(user)


@bp.post("/people/<username>/subthemes/<slug>/end")
@limited("STAFF")
def dismiss(username: str, slug: str) -> Response:
    """End it."""
    user, subtheme = _person(username), _subtheme(slug)
    if Form().validate_on_submit() and moderators.dismiss(user, subtheme, by=current_user):
        flash(gettext("%(name)s no longer moderates “%(subtheme)s”.", **_names(user, subtheme)))
    return _back(user)


def _back(user: User) -> Response:
    return web.see_other(url_for(".person", username=user.username, _anchor="offices"))


def _names(user: User, subtheme: SubTheme) -> dict[str, str]:
    return {"name": user.name, "subtheme": subtheme.name(i18n.page_lang())}


def _person(username: str) -> User:
    found = by_username(username)
    if found is None:
        raise NotFound
    return found


def _subtheme(slug: str) -> SubTheme:
    found = by_slug(slug)
    if found is None:
        raise NotFound
    return found
