"""Choosing one's picture, and serving everybody's."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required
from wtforms import FileField

from forum.avatars import actions, policy
from forum.avatars.sizes import FILE_BYTES, SIZES
from forum.avatars.store import avatars
from forum.core import web
from forum.core.error_pages import error_page
from forum.core.errors import Refused
from forum.core.forms import Form
from forum.core.limits import limited

bp = Blueprint("avatars", __name__)

FORM_BYTES = 16 * 1024  # what a form has around its file
_NAME = re.compile(rf"[0-9a-f]{{32}}-(?:{'|'.join(map(str, SIZES))})\.webp", re.ASCII)
SERVED = {
    "Content-Security-Policy": f"{web.CSP}; sandbox",
    "Cache-Control": f"public, max-age={web.YEAR}, immutable",  # another picture has another name
}


class PictureField(FileField):
    """A file that has to be chosen."""

    required = True


class AvatarForm(Form):
    """One file; the action says what is wrong with it."""

    picture = PictureField(_l("Picture"))


@bp.url_value_preprocessor
def _take_a_whole_picture(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form is read for the first time (for its token): this one route takes more than a text needs."""
    if endpoint == "avatars.choose":
        request.max_content_length = FILE_BYTES + FORM_BYTES


@bp.errorhandler(413)
def _too_large(_error: Exception) -> Response:
    return error_page(413, actions.PROBLEMS["large"])


@bp.app_context_processor
def _addresses() -> dict[str, Any]:
    return {"avatar_url": lambda name, size: avatars().url(actions.file_of(name, size))}


@bp.route("/settings/avatar", methods=("GET", "POST"))
@login_required
@limited("AVATAR", alone=True)
def choose() -> Response:
    """Take a picture (`picture`), or go back to the drawn seal (`remove`)."""
    form = AvatarForm()
    if form.validate_on_submit():
        try:
            _change()
        except Refused as refusal:
            form.refuse("picture", refusal.message)
            return _page(form, refusal.status)
        return web.see_other(url_for(".choose"))
    return _page(form, 422 if form.errors else 200)


def _change() -> None:
    if request.form.get("remove"):
        actions.remove_avatar(current_user)
        flash(gettext("Your picture is removed."))
        return
    upload = request.files.get("picture")
    data = upload.read(FILE_BYTES + 1) if upload else b""
    if not data:
        raise Refused(gettext("Please choose a picture first."))
    actions.set_avatar(current_user, data)
    flash(gettext("This is you now."))


def _page(form: AvatarForm, status: int) -> Response:
    return web.page("avatars/choose.html", status, form=form, may_set=policy.may_set_avatar(current_user))


@bp.get("/avatars/<name>")
def show(name: str) -> Response:
    """Serve one size of a picture; its name is as good as random and changes with it."""
    data = avatars().get(name) if _NAME.fullmatch(name) else None
    if data is None:
        abort(404)
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, mimetype="image/webp", headers={**SERVED, **disposition})
