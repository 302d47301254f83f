"""My conversations: the list, one of them, a new one, answering, deleting, leaving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import youth
from forum.core import jobs, web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.forms import Form
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.messages import actions, pages, policy, queries
from forum.messages.forms import ChoiceForm, ConversationForm, MessageForm
from forum.messages.models import Member, Message
from forum.threads import writing
from forum.threads.forms import PreviewForm

bp = Blueprint("messages", __name__, url_prefix="/messages")


def _conversation_row() -> str:
    return youth.row("CONVERSATION", current_user) or "CONVERSATION"


def _message_row() -> str:
    return youth.row("MESSAGE", current_user) or "MESSAGE"


@bp.get("")
@login_required
def index() -> Response:
    """List my conversations, newest activity first."""
    after = request.args.get("after", "")
    page = queries.conversations(current_user.id, after)
    return web.page(
        "messages/index.html",
        entries=page.items,
        older=url_for(".index", after=page.next_cursor) if page.next_cursor else None,
        first=url_for(".index") if after else None,
        why_not=policy.why_not_start_any(current_user),
        form=ChoiceForm(formdata=None, who="nobody" if policy.NOBODY in current_user.private else "everybody"),
    )


@bp.post("/choice")
@login_required
@limited("PROFILE", accepted_only=True)
def choose() -> Response:
    """Choose who may start a conversation with me."""
    form = ChoiceForm()
    if not form.validate_on_submit():
        raise Refused(gettext("Choose who may write to you."))
    actions.choose(current_user, nobody=form.who.data == "nobody")
    flash(gettext("Saved."))
    return web.see_other(url_for(".index"))


@bp.route("/new", methods=["GET", "POST"])
@login_required
@limited(_conversation_row, accepted_only=True, unless=lambda: _sent_again(actions.PLACE_OF_START))
def new() -> Response:
    """Start a conversation."""
    if request.method == "GET":
        return pages.blank()
    form, status = ConversationForm(), 422
    if form.validate_on_submit() and (people := form.people()) is not None:
        try:
            token = form.form_token.data or None
            first = actions.start(current_user, people, form.title.data, form.body.data, form_token=token)
            return web.see_other(_place(first))
        except Refused as refusal:
            form.refuse("to" if isinstance(refusal, Forbidden) else "body", refusal.message)
            status = refusal.status
            _renew(form, refusal)
    return pages.starting(form, status)


@bp.get("/<int:conversation_id>")
@login_required
def show(conversation_id: int) -> Response:
    """Show the latest messages of a conversation, or those before one; the worker notes what was read."""
    member = _mine(conversation_id)
    before = id_in(request.args.get("before"))
    if member.unread and not before:
        jobs.enqueue(
            actions.note_read,
            conversation_id=conversation_id,
            user_id=current_user.id,
            message_id=member.conversation.last_message_id,
        )
    return pages.conversation(member, before)


@bp.post("/<int:conversation_id>")
@login_required
@limited(_message_row, accepted_only=True, unless=lambda: _sent_again(actions.place_of_reply(_asked_for())))
def reply(conversation_id: int) -> Response:
    """Write a message."""
    member = _mine(conversation_id)
    form, status = MessageForm(), 422
    if form.validate_on_submit():
        try:
            token = form.form_token.data or None
            return web.see_other(_place(actions.reply(conversation_id, current_user, form.body.data, form_token=token)))
        except NotFound:
            raise
        except Refused as refusal:
            form.refuse("body", refusal.message)
            status = refusal.status
            _renew(form, refusal)
    return pages.conversation(member, form=form, status=status)


@bp.route("/<int:conversation_id>/leave", methods=["GET", "POST"])
@login_required
@limited(_message_row, accepted_only=True)
def leave(conversation_id: int) -> Response:
    """Ask whether the person really wants to leave, and let them."""
    member = _mine(conversation_id)
    if request.method == "GET":
        return web.page("messages/leave.html", conversation=member.conversation, form=Form())
    actions.leave(conversation_id, current_user)
    flash(gettext("You have left the conversation."))
    return web.see_other(url_for(".index"))


@bp.route("/<int:conversation_id>/<int:message_id>/delete", methods=["GET", "POST"])
@login_required
@limited(_message_row, accepted_only=True)
def delete(conversation_id: int, message_id: int) -> Response:
    """Ask whether an own message is really to go, and delete it."""
    member = _mine(conversation_id)
    message = queries.message(conversation_id, message_id) or abort(404)
    if request.method == "POST":
        actions.delete_message(conversation_id, message_id, current_user)
        return web.see_other(_place(message))
    if message.author_id != current_user.id or message.deleted_at:
        raise Forbidden(gettext("Only its author can delete a message."))
    return web.page("messages/delete.html", conversation=member.conversation, message=message, form=Form())


@bp.post("/preview")
@login_required
@limited("PREVIEW", alone=True)
def preview() -> Response:
    """Show how a message will look: the HTML alone for the page's script, else a page with the form to go on."""
    if not web.wants_fragment():
        number = id_in(request.args.get("conversation"))
        return pages.preview(_mine(number) if number else None)
    form = PreviewForm()
    if not form.validate_on_submit():
        raise Refused(" ".join(form.body.errors))
    return make_response(writing.rendered(form.body.data, for_preview=True).html)  # sanitized by core/markup


def _mine(conversation_id: int) -> Member:
    return queries.membership(conversation_id, current_user.id) or abort(404)


def _place(message: Message) -> str:
    """Return where the message stands; the conversation's page opens at its end."""
    return url_for(".show", conversation_id=message.conversation_id, _anchor=f"message-{message.id}")


def _asked_for() -> int:
    return int((request.view_args or {})["conversation_id"])


def _sent_again(place: str) -> bool:
    """Whether this very form has made its message already: a second click or a retry is answered, not limited."""
    key = writing.form_key(current_user.id, place, request.form.get("form_token"))
    return queries.made_by_form(key) is not None


def _renew(form: Any, refusal: Refused) -> None:
    """After "this form was sent before", the text goes out as a new message when it is sent again."""
    if isinstance(refusal, Conflict):
        form.form_token.data = web.form_token()
