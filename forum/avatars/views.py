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
from forum.core.errors import FilesAway, Refused
from forum.core.forms import Form
from forum.core.limits import limited

bp = Blueprint("avatars", __name__)

FORM_BYTES = 16 * 1024  # what a form has around its file
_NAME = re.compile(rf"[0-9a-f]{{32}}-(?:{'|'.join(map(str, SIZES))})\.webp", re.ASCII)
SERVED = {
    "Content-Security-Policy": f"{web.CSP}; sandbox",
    "Cache-Control": f"public, max-age={web.YEAR}, immutable",  # another picture has another name
}
# What browsers show in place of a picture while the store is away, whatever the status says.
UNKEPT = {"Content-Security-Policy": f"{web.CSP}; sandbox", "Cache-Control": "no-store"}
NOBODY = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#8a8578" d="M0 0h8v8H0z"/>'
    '<path fill="#d9d5ca" d="M4 1.5a1.4 1.4 0 1 1 0 2.9 1.4 1.4 0 0 1 0-2.9M1.3 8a2.7 2.9 0 0 1 5.4 0z"/></svg>'
)


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
    return {"avatar_url": lambda name, size: f"/avatars/{actions.file_of(name, size)}"}


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
    try:
        data = avatars().get(name) if _NAME.fullmatch(name) else None
    except FilesAway:
        return Response(NOBODY, 503, UNKEPT, mimetype="image/svg+xml")
    if data is None:
        abort(404)
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, mimetype="image/webp", headers={**SERVED, **disposition})
