"""Rows of discussions and facts about them; the other rooms import them from this door."""

from forum.threads.models.discussion import ChosenAnswer, Post, Thread
from forum.threads.models.drafts import AnswerDraft
from forum.threads.models.history import PostMention, Revision
from forum.threads.models.kinds import BY_FLAGS, PAGES_BESIDE, State

__all__ = [
    "BY_FLAGS",
    "PAGES_BESIDE",
    "AnswerDraft",
    "ChosenAnswer",
    "Post",
    "PostMention",
    "Revision",
    "State",
    "Thread",
]
