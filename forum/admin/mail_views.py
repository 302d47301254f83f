"""Mail that went out, waits or failed, for administrators; and a letter to try whether mail works."""

from __future__ import annotations

import secrets

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.admin.entrance import bp
from forum.core import i18n, web
from forum.core.errors import NotFound, Refused
from forum.core.limits import limited
from forum.core.paging import LARGEST_ID
from forum.mail import actions, queries
from forum.mail.addresses import link_to
from forum.mail.composing import Written, words_of
from forum.mail.letters import LETTERS, Letter, title_of
from forum.mail.models import Mail, State

LETTERS["trial"] = Letter(_l("A test letter"), extra=lambda _mail: {"outbox_url": link_to("admin.mail")})
STATE_WORDS = {
    State.OWED: _l("waits"),
    State.SENT: _l("sent"),
    State.FAILED: _l("failed"),
    State.DROPPED: _l("not needed any more"),
}


@bp.get("/mail")
def mail() -> Response:
    """List all letters of the last 30 days, newest first."""
    before = request.args.get("before", "")
    page = queries.page(min(int(before), LARGEST_ID) if before.isascii() and before.isdecimal() else None)
    return web.page(
        "admin/mail.html",
        page=page,
        words=STATE_WORDS,
        title_of=title_of,
        has_server=current_app.config["MAIL_SERVER"] is not None,
    )


@bp.get("/mail/<int:mail_id>")
def letter(mail_id: int) -> Response:
    """Show one letter; its text only in development without a mail server, for it may carry somebody's secret link."""
    found = _letter(mail_id)
    shows_text = current_app.config["MAIL_SERVER"] is None and current_app.config["FORUM_ENV"] == "development"
    return web.page(
        "admin/letter.html", mail=found, words=STATE_WORDS, title_of=title_of,
        text=_text_of(found) if shows_text else None, shows_text=shows_text, may_retry=actions.may_retry(found),
    )  # fmt: skip


@bp.post("/mail/<int:mail_id>/retry")
@limited("STAFF")
def retry_mail(mail_id: int) -> Response:
    """Send a letter that failed, or that waits after a failure, once more."""
    if actions.retry(_letter(mail_id).id):
        flash(gettext("It is tried again."))
    else:
        flash(gettext("There is nothing to try: it was sent, or is being sent."), "warning")
    return web.see_other(url_for(".letter", mail_id=mail_id))


@bp.post("/mail/test")
@limited("STAFF")
def test_mail() -> Response:
    """Owe a letter to the administrator's own address."""
    if not current_user.email:
        raise Refused(gettext("Your account has no e-mail address."))
    actions.owe(
        "trial",
        current_user.email,
        f"trial:{secrets.token_hex(8)}",
        language=i18n.locale_name(),
        user_id=current_user.id,
        facts={"name": current_user.name, "by": current_user.username, "address": current_user.email},
    )
    flash(gettext("A test letter to %(address)s is on its way.", address=current_user.email))
    return web.see_other(url_for(".mail"))


def _letter(mail_id: int) -> Mail:
    found = queries.by_id(mail_id) if mail_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def _text_of(mail: Mail) -> Written | None:
    """Return the letter's words; None when it can't be written any more, as when its link is gone."""
    try:
        return words_of(mail)
    except Exception:  # the list's own row says what went wrong when it was to be sent
        current_app.logger.info("letter %s can't be shown", mail.id, exc_info=True)
        return None
