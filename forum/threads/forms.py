"""Forms for writing and moving threads and posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField

from forum.accounts.models import Person
from forum.core.forms import Form, Line, OnceField, Words
from forum.core.paging import id_in
from forum.core.text import BODY_LIMIT, TITLE_LIMIT
from forum.experts import queries as experts
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads import corrections
from forum.threads.models import AnswerDraft, Post, Thread
from forum.threads.screening import Asked
from forum.threads.seals import asked_about, form_token
from forum.threads.slowing import spoken
from forum.threads.source_rows import SourceRows
from forum.threads.sources import pairs
from forum.threads.staff_actions import SLOW_MINUTES


class PostForm(Form):
    """What the forms of posts have in common: the author can be asked once whether they want to say it so."""

    asked = HiddenField("")  # a label of no words: else WTForms makes one of the name, in the page's language
    question: Any = None
    keeps_drafts_of: int | None = None  # the thread in which an expert answers

    def ask(self, asked: Asked) -> None:
        """Put the question above the form, which keeps everything and now carries what it was asked about."""
        draft = asked.draft
        self.question = asked.message
        self.asked.data = asked_about(draft.author.id, draft.title, draft.body, asked.verdict.code)


class ThreadForm(PostForm):
    """A new thread."""

    title = Line(_l("Title"), TITLE_LIMIT)
    to_experts = BooleanField(_l("This is a question to the experts of the sub-theme"))
    body = Words(_l("Your text"), BODY_LIMIT)
    form_token = OnceField("", default=form_token)


class ReplyForm(PostForm):
    """A reply; in a pinned thread or a question, an expert of its sub-theme chooses whether to answer as one."""

    credential = SelectField(_l("Answer as"), validate_choice=False)
    body = Words(_l("Your text"), BODY_LIMIT)
    listed = SourceRows(_l("Sources"))
    parent = HiddenField("")
    draft = HiddenField("")  # the one that was taken up again, of an expert
    form_token = OnceField("", default=form_token)

    def __init__(self, thread: Thread, person: Person, **options: Any) -> None:
        super().__init__(**options)
        usable = experts.usable(person, thread.subtheme_id) if thread.takes_experts else []
        self._usable = {str(credential.id): credential for credential in usable}
        if usable:
            self.credential.choices = [("", gettext("myself, without a badge"))]
            self.credential.choices += [(key, credential_words(one)) for key, one in self._usable.items()]
        self.chosen = self.credential.data or ""
        if not self.is_submitted() and usable:
            self.credential.data = str(usable[0].id)
        if not usable:
            del self.credential, self.draft
        self.keeps_drafts_of = thread.id if usable else None
        if not usable and not self.listed.filled:  # what was typed stays, with the reason why it is not taken
            del self.listed

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a credential that can't be worn here (any more), rather than post without it."""
        accepted = super().validate(extra_validators)
        if self.chosen and self.chosen not in self._usable:
            self.form_errors.append(
                gettext("You can't answer with this credential here (any more). Choose again, or send it without one.")
            )
            return False
        if accepted and not self.chosen and "listed" in self and self.listed.filled:
            self.listed.errors = [
                gettext("Only an answer with a credential has sources of its own. Put these links into your text.")
            ]
            return False
        return accepted

    def take_up(self, draft: AnswerDraft) -> None:
        """Fill in what an expert has saved."""
        self.draft.data, self.parent.data, self.body.data = str(draft.id), str(draft.parent_id), draft.body
        self.listed.data = [(title, address) for title, address in draft.sources]

    @property
    def draft_id(self) -> int | None:
        """The draft that was taken up, or None."""
        return id_in(self.draft.data) if "draft" in self else None

    @property
    def sources(self) -> list[tuple[str, str]]:
        """The sources that were given, as pairs of title and address."""
        return self.listed.filled if "listed" in self else []

    @property
    def worn(self) -> Credential | None:
        """The credential that was chosen, or None."""
        return self._usable.get(self.chosen)


class EditForm(PostForm):
    """A changed post; `revision` is the version that the person started from.

    An expert's answer has its sources too, and a while after its publication a note that says what is corrected; who
    changes nothing needs none, which only the action knows.
    """

    title = Line(_l("Title"), TITLE_LIMIT)
    body = Words(_l("Your text"), BODY_LIMIT)
    listed = SourceRows(_l("Sources"))
    note = Words(_l("Correction note"), corrections.NOTE_LIMIT, required=False)
    revision = HiddenField("")

    def __init__(self, post: Post, *, opening: bool, **options: Any) -> None:
        data = {"title": post.thread.title, "body": post.body, "revision": post.revision, "listed": pairs(post.sources)}
        super().__init__(data=data, **options)
        if not opening:
            del self.title
        if post.credential_id is None:
            del self.listed
        if not corrections.is_due(post):
            del self.note

    @property
    def sources(self) -> list[tuple[str, str]] | None:
        """The sources as pairs of title and address; None where the post has none to change."""
        return self.listed.filled if "listed" in self else None


class PreviewForm(Form):
    """Only the text: what the page's script asks to see."""

    body = Words(_l("Your text"), BODY_LIMIT)


class MoveForm(Form):
    """Where a thread is to go."""

    subtheme = SelectField(_l("Move to"))

    def offer(self, subthemes: list[SubTheme], lang: str) -> None:
        """Offer these sub-themes, named in the page's language."""
        self.subtheme.choices = [(one.slug, one.name(lang)) for one in subthemes]


class SlowForm(Form):
    """How long people wait between two posts in a thread."""

    minutes = SelectField(_l("One post per person in"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.minutes.choices = [("0", _l("no limit")), *((str(each), spans(each)) for each in SLOW_MINUTES)]

    @classmethod
    def of(cls, thread: Thread) -> SlowForm:
        """Return the form as the thread has it now."""
        return cls(formdata=None, minutes=str(thread.slow_minutes))


def spans(minutes: int) -> str:
    """Return minutes in words, in the reader's language: "15 minutes", "6 hours"."""
    return spoken(timedelta(minutes=minutes))


def credential_words(credential: Credential) -> str:
    """Return the badge in one line, for a choice."""
    return gettext(", ").join(part for part in (credential.title, credential.organization) if part)
