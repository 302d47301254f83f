"""Mail that one may turn off: the link in a letter, with and without a click of its own, and the page of settings."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import arriving, links, mailing
from forum.core import web
from forum.core.errors import NotFound
from forum.core.extensions import csrf
from forum.core.forms import Form
from forum.core.limits import limited
from forum.mail import unsubscribing
from forum.mail.letters import KINDS

bp = Blueprint("mail", __name__)


@bp.get("/mail/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """Ask whether this kind of mail is to stop: programs that look at links must not turn anything off."""
    _user_id, kind = _read(token)
    return web.page("accounts/unsubscribe.html", kind_words=KINDS[kind], is_done=False)


@bp.post("/mail/unsubscribe/<token>")
@csrf.exempt
def unsubscribe_now(token: str) -> Response:
    """Turn this kind of mail off. The signed token is the authority: mail programs send this themselves (RFC 8058).

    It is answered here and not with a redirect, which they need not follow.
    """
    user_id, kind = _read(token)
    mailing.choose(user_id, kind, wanted=False)
    return web.page("accounts/unsubscribe.html", kind_words=KINDS[kind], is_done=True)


def _read(token: str) -> tuple[int, str]:
    found = unsubscribing.read(token)
    if found is None:
        raise NotFound(gettext("This link is not whole. Open it in the mail once more, or turn the mail off here."))
    return found


@bp.route("/settings/mail", methods=("GET", "POST"))
@login_required
@limited("PROFILE")
def settings() -> Response:
    """Show which kinds of mail the person gets; a POST with the kinds wanted changes that."""
    if request.method == "POST":
        wanted = request.form.getlist("kind")
        for kind in KINDS:
            mailing.choose(current_user.id, kind, wanted=kind in wanted)
        flash(gettext("Saved."))
        return web.see_other(url_for(".settings"))
    wanted = [kind for kind in KINDS if mailing.wants(current_user, kind)]
    return web.page("accounts/mail.html", kinds=KINDS, wanted=wanted, comes_back=mailing.comes_back(current_user))


@bp.post("/settings/mail/try")
@login_required
@limited("RESEND", accepted_only=True)
def try_again() -> Response:
    """Send a link to the person's own address, from which mail came back."""
    if arriving.ask(current_user):
        flash(gettext("A letter is on its way to %(address)s. Open the link in it.", address=current_user.email))
    else:
        flash(gettext("As far as we know, mail to your address arrives."), "warning")
    return web.see_other(url_for(".settings"))


@bp.get("/mail/arrives/<token>")
def arrives(token: str) -> Response:
    """Show the button by which the owner says that mail arrives: a mail scanner that opens the link must not."""
    link = links.find(token, arriving.PURPOSE)
    if link is None:
        raise NotFound(arriving.DEAD)
    return web.page("accounts/mail_arrives.html", form=Form(), token=token, address=link.address)


@bp.post("/mail/arrives/<token>")
@limited("PROFILE")
def arrived(token: str) -> Response:
    """Believe it: all mail that the person wants is sent again."""
    arriving.complete(token)
    flash(gettext("Mail reaches you. What you chose to get is sent again."))
    return web.see_other("/")
