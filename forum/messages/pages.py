"""The pages that are drawn for reading, for writing, and again when a message was refused."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import ties
from forum.config import CONVERSATION_PEOPLE
from forum.core import web
from forum.core.errors import Forbidden
from forum.messages import policy, queries
from forum.messages.forms import ConversationForm, MessageForm
from forum.messages.models import Member
from forum.threads import previewing


def conversation(
    member: Member, before: int | None = None, form: MessageForm | None = None, status: int = 200
) -> Response:
    """Return the page of a conversation at its end, or before a message, with `form` when it was refused."""
    talk = member.conversation
    page = queries.messages(talk.id, before)
    people = queries.present_members(talk.id)
    others = [one for one in people if one.id != current_user.id]
    blocks = ties.blocks_among([one.id for one in people])
    why_not = policy.why_not_reply(current_user, talk.started_by_id, others, blocks)
    return web.page(
        "messages/show.html",
        status,
        conversation=talk,
        messages=page.items,
        people=people,
        others=others,
        blocked={other for one, other in blocks if one == current_user.id},
        first_new=next((each.id for each in page.items if each.id > member.read_id), None) if member.unread else None,
        earlier=url_for(".show", conversation_id=talk.id, before=page.next_cursor) if page.next_cursor else None,
        latest=url_for(".show", conversation_id=talk.id) if before else None,
        before=before,
        form=form or (MessageForm(formdata=None) if why_not is None else None),
        why_not=why_not,
    )


def blank() -> Response:
    """Return the page to start a conversation, with those filled in whom the address names; Forbidden if not them."""
    if (why_not := policy.why_not_start_any(current_user)) is not None:
        raise Forbidden(why_not)
    form = ConversationForm(formdata=None, to=request.args.get("to", "")[:300])
    if form.to.data and (people := form.people()):
        blocks = ties.blocks_among([current_user.id, *(one.id for one in people)])
        if (why_not := policy.why_not_start(current_user, people, blocks)) is not None:
            raise Forbidden(why_not)
    return starting(form, 200)


def starting(form: ConversationForm, status: int) -> Response:
    """Return the page with the form of a new conversation."""
    return web.page("messages/new.html", status, form=form, most=CONVERSATION_PEOPLE, on_duty=current_user.is_moderator)


def preview(member: Member | None) -> Response:
    """Return the text as it will look and the same form to go on: without scripts. None: of a new conversation."""
    form = MessageForm() if member else ConversationForm()
    home = url_for(".show", conversation_id=member.conversation_id) if member else url_for(".index")
    return previewing.shown(
        form,
        title=member.conversation.title if member else gettext("New conversation"),
        action=home if member else url_for(".new"),
        label=gettext("Send") if member else gettext("Start the conversation"),
        cancel_url=home,
    )
