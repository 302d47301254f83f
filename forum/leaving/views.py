"""The pages of one's own data: ask for an archive, fetch it, delete the account or stay after all."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, flash, send_file, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import signin
from forum.accounts.models import User
from forum.accounts.proving import fresh, has_password, is_right
from forum.core import i18n, web
from forum.core.database import now
from forum.core.limits import limited
from forum.leaving import actions, making, queries
from forum.leaving.forms import LeaveForm
from forum.leaving.models import State

bp = Blueprint("leaving", __name__, url_prefix="/settings")


@bp.get("/data")
@login_required
def data() -> Response:
    """Show what became of the archive that was asked for last, and how to ask for one."""
    export = queries.latest(current_user.id)
    unmade = export is not None and export.state in (State.OWED, State.WORKING)
    percent = min(100, 100 * export.done // export.total) if export and export.total else 0
    context: dict[str, Any] = {
        "export": export,
        "unmade": unmade,
        "percent": percent,
        "fetchable": queries.is_fetchable(export),
    }
    return web.page("leaving/_archive.html" if web.wants_fragment() else "leaving/data.html", **context)


def _last_one_failed() -> bool:
    export = queries.latest(current_user.id) if current_user.is_authenticated else None
    return export is not None and export.state == State.FAILED


@bp.post("/data")
@login_required
@limited("EXPORT", accepted_only=True, unless=_last_one_failed)
def ask() -> Response:
    """Ask for an archive: one at a time, one a day; what could not be made may be asked for again."""
    actions.ask_for_archive(current_user)
    flash(gettext("Your archive is being made. You get a letter when it is ready."))
    return web.see_other(url_for(".data"))


@bp.get("/data/<int:export_id>")
@fresh()
def fetch(export_id: int) -> Response:
    """Give the person their archive, within 48 hours."""
    export = queries.fetchable(export_id, current_user.id) or abort(404)
    opened = making.archives().open(export.file) or abort(404)
    answer = send_file(opened.file, "application/zip", conditional=False, etag=False, last_modified=opened.at)
    names = _file_names(i18n.site_name(), current_user.username, f"{now():%Y-%m-%d}")
    answer.headers.set("Content-Disposition", "attachment", **names)
    answer.content_length = opened.size
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _file_names(site: str, username: str, day: str) -> dict[str, str]:
    """Return how the file is called (RFC 6266), and how by a program that knows no other letters than ASCII's."""
    kept = [plain for part in (site, username) if (plain := _in_ascii(part).strip(" -"))]
    quoted = quote("-".join((site, username, day)), safe="")
    return {"filename": f"{'-'.join([*(kept or ['archive']), day])}.zip", "filename*": f"UTF-8''{quoted}.zip"}


def _in_ascii(words: str) -> str:
    return unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()


@bp.route("/delete", methods=("GET", "POST"))
@fresh(unless=has_password)  # the password, which the form asks for, is the proof
@limited("PROFILE")
def delete() -> Response:
    """Say what goes and what stays, and let the account be deleted in 7 days."""
    form = LeaveForm()
    if not has_password():
        del form.password
    if form.validate_on_submit() and _is_sure(form):
        person = actions.leave(current_user, form.choice.data, this_token=signin.current_token())
        flash(gettext("Your account will be deleted on %(day)s. Until then you can stay.", day=_day(person)))
        return web.see_other(url_for(".delete"))
    return web.page("leaving/delete.html", 422 if form.errors else 200, form=form, grace=actions.GRACE.days)


def _is_sure(form: LeaveForm) -> bool:
    return not has_password() or is_right(form, form.password)


def _day(person: User) -> str:
    return i18n.exact(person.leaving_at) if person.leaving_at else ""


@bp.post("/delete/cancel")
@login_required
@limited("PROFILE")
def stay() -> Response:
    """Stay after all."""
    if actions.stay(current_user):
        flash(gettext("Your account stays as it is."))
    return web.see_other(url_for(".delete"))
