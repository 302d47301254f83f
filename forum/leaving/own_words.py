"""The parts of an archive that the person wrote: threads, posts, former versions, messages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.leaving.parts import OWN_WORDS, Item, Part, add, pick
from forum.mail.addresses import link_to
from forum.messages.models import Conversation, Message
from forum.threads.models import AnswerDraft, Post, Revision, Thread


def _thread(row: Thread) -> Item:
    address = link_to("threads.short", thread_id=row.id)
    return Item(
        {**pick(row, "title", "state", "created_at", "asked_at"), "subtheme": row.subtheme.slug, "address": address}
    )


def _post(row: Post) -> Item:
    """A post as far as its text is kept: also one that is held, hidden, removed or deleted."""
    facts = pick(
        row, "id", "state", "state_reason", "created_at", "published_at", "edited_at", "body", "sources", "correction",
        "corrected_at",
    )  # fmt: skip
    return Item({**facts, "thread": link_to("threads.short", thread_id=row.thread_id)}, row.html)


def _version(row: Revision) -> Item:
    return Item({"post": row.post_id, **pick(row, "number", "title", "replaced_at", "body", "sources", "note")})


def _draft(row: AnswerDraft) -> Item:
    return Item({"post": row.parent_id, **pick(row, "saved_at", "body", "sources")})


def _message(row: Message) -> Item:
    return Item({"conversation": row.conversation_id, **pick(row, "created_at", "deleted_at", "body")}, row.html)


def _conversation(row: Conversation) -> Item:
    return Item({"conversation": row.id, **pick(row, "title", "created_at")})


add(
    OWN_WORDS,
    Part("threads", _l("Threads that you started"), Thread.author_id, Thread.id, _thread),
    Part("posts", _l("Posts"), Post.author_id, Post.id, _post),
    Part("former_versions", _l("Former versions of your posts"), Revision.replaced_by_id, Revision.id, _version),
    Part("answer_drafts", _l("Drafts of your answers"), AnswerDraft.user_id, AnswerDraft.id, _draft),
    Part("conversations_started", _l("Conversations that you started"), Conversation.started_by_id, Conversation.id,
         _conversation),
    Part("messages", _l("Messages that you sent"), Message.author_id, Message.id, _message),
)  # fmt: skip
