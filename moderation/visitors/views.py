"""A visitor's way: the form, the page behind the letter's link, the receipt, and no more letters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import proofs
from forum.core import web
from forum.core.error_pages import error_page, words_to_wait
from forum.core.errors import NotFound
from forum.core.forms import Form
from forum.core.limits import limited
from forum.threads.models import Post
from forum.threads.queries import visible_post
from moderation import rules
from moderation.receipts import queries as receipts
from moderation.receipts import wording
from moderation.visitors import actions, links, queries
from moderation.visitors.forms import VisitorFlagForm, network, seconds_to_wait

bp = Blueprint("visitors", __name__)


@bp.route("/posts/<int:post_id>/flags/visitor", methods=("GET", "POST"))
@limited("VISITOR_FLAG", per_address=True, accepted_only=True)
def flag(post_id: int) -> Response:
    """Take a visitor's flag on a public post; the answer is the same whatever the address is."""
    if current_user.is_authenticated:
        return web.see_other(url_for("flags.flag", post_id=post_id))
    post, form = _flaggable(post_id), VisitorFlagForm()
    sender = form.sender() if form.validate_on_submit() else None
    if sender is not None:
        if wait := seconds_to_wait(form):
            return error_page(429, words_to_wait(wait), retry_after=wait)
        if not form.is_trap_sprung():
            actions.ask(post, sender, form.reason.data, form.note.data)
        flash(
            gettext(
                "Thank you. We write to that address. Your flag counts once you press the button behind the link there."
            )
        )
        return web.see_other(url_for("posts.show", post_id=post.id))
    form.renew()
    status = 422 if form.errors else 200
    return web.page("moderation/visitor_flag.html", status, form=form, post=post, rules=rules.current(), **_work())


def _flaggable(post_id: int) -> Post:
    post = visible_post(post_id, current_user)
    if post is None:
        raise NotFound
    actions.check(post)
    return post


def _work() -> dict[str, Any]:
    """Return what the page's script needs to know (see accounts/proofs)."""
    return {
        "pieces": proofs.PIECES,
        "bits": proofs.bits_of_a_piece(current_app.config["SIGNUP_WORK"]),
        "patience": int(proofs.LEAST_AGE.total_seconds() * 1000),
    }


@bp.get("/flags/confirm/<token>")
def confirm(token: str) -> Response:
    """Show the button that makes a flag count: a mail scanner that opens the link must not. Later it leads on."""
    row = queries.by_token(token)
    if row is not None and row.flag_id is not None:
        return web.see_other(url_for(".receipt", token=links.receipt_token(row.flag_id)))
    if row is None or not row.is_waiting:
        raise NotFound(actions.DEAD)
    actions.check(row.post)
    return web.page("moderation/visitor_confirm.html", form=Form(), row=row, rule=rules.name_of(row.reason))


@bp.post("/flags/confirm/<token>")
@limited("PROFILE")
def confirm_now(token: str) -> Response:
    """Let the flag count, and show its receipt."""
    found = actions.confirm(token, network())
    flash(gettext("Your flag counts now. Keep the address of this page: here you read what became of it."))
    return web.see_other(url_for(".receipt", token=links.receipt_token(found.id)))


@bp.get("/flags/receipt/<token>")
def receipt(token: str) -> Response:
    """Show what became of a visitor's flag to whoever has the link."""
    found = receipts.visitors_flag(links.read_receipt(token) or 0)
    if found is None:
        raise NotFound(gettext("This link is not whole. Open it in the letter once more."))
    shown = wording.of_flag(found)
    return web.page("moderation/visitor_receipt.html", receipt=shown, meanwhile=wording.MEANWHILE)


@bp.route("/flags/letters/<token>", methods=("GET", "POST"))
@limited("PROFILE")
def letters(token: str) -> Response:
    """Ask whether letters about flags are to stop for good; a POST does it."""
    if links.read_refusal(token) is None:
        raise NotFound(gettext("This link is not whole. Open it in the letter once more."))
    form = Form()
    is_done = form.validate_on_submit()
    if is_done:
        actions.refuse_letters(token)
    return web.page("moderation/visitor_letters.html", form=form, is_done=is_done)
