"""Starting a thread, replying, editing and deleting: the writers of threads and posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from forum.accounts.models import User
from forum.core.database import db, must_lock, now, transaction
from forum.core.errors import Conflict, NotFound, Refused, allow
from forum.core.text import guess_language
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads import (
    beside,
    corrections,
    plugs,
    policy,
    replying,
    screening,
    seals,
    slowing,
    sources,
    states,
    taking,
    writing,
)
from forum.threads.models import Post, State, Thread
from forum.threads.screening import Draft


@screening.turning()
def start_thread(
    subtheme: SubTheme,
    author: User,
    title: str,
    body: str,
    form_token: str | None = None,
    *,
    asked: str | None = None,
    to_experts: bool = False,
    also: Sequence[Callable[[Post], None]] = (),
    is_unsent: bool = False,
) -> Thread:
    """Start a thread with its opening post and return it; visible, or held when the screening says so.

    The same form sent twice makes one thread (`is_unsent`: see post_reply). `to_experts` puts it to the experts of the
    sub-theme. `asked` is what came with a question about this text (seals). `also` is called with the opening post in
    the same transaction. Raises Refused (text; Asked for a question), Forbidden (person, sub-theme) or Conflict.
    """
    typed = writing.typed((title, body), author)
    title, body = writing.clean_title(title, author), writing.clean_body(body, author)
    subtheme_id, author_id = subtheme.id, author.id
    key = writing.form_key(author_id, writing.place_of_thread(subtheme.slug), form_token)
    if not is_unsent and (first := writing.sent_before(key, body)):
        return first.thread
    try:
        shown = writing.rendered(body)
        with transaction():
            author, subtheme = _present(author_id, subtheme_id)
            allow(policy.why_not_start_thread(author, subtheme))
            said = seals.told(asked, author_id, title, body, form_token)
            verdict = taking.screened(Draft(author, None, subtheme, title, body, shown, typed=typed, **said))
            thread = _begun(subtheme, author, title, shown.text, to_experts=to_experts)
            opening = taking.publish_or_hold(thread, author, body, shown, verdict, form_token=key)
            for note in also:
                note(opening)
            return thread
    except (IntegrityError, Refused):
        if first := writing.sent_before(key, body):  # the other of two equal requests was faster
            return first.thread
        raise


def _begun(subtheme: SubTheme, author: User, title: str, text: str, *, to_experts: bool) -> Thread:
    """Return the thread, which is written together with its opening post."""
    thread = Thread(subtheme=subtheme, author=author, last_author=author, title=title, state=State.HELD)
    thread.created_at = thread.last_post_at = now()
    thread.last_position = thread.reply_count = thread.expert_answer_count = 0
    if to_experts:
        thread.asked_at, thread.asked_by_id = now(), author.id
    thread.lang = guess_language(title) or guess_language(text)
    return thread


@screening.turning()
def post_reply(
    thread: Thread,
    author: User,
    body: str,
    credential: Credential | None = None,
    parent: Post | None = None,
    *,
    form_token: str | None = None,
    asked: str | None = None,
    also: Sequence[Callable[[Post], None]] = (),
    listed: Iterable[tuple[str, str]] = (),
    is_unsent: bool = False,
) -> Post:
    """Write a reply and return it; visible at the thread's end, or held when the screening says so.

    `credential` makes it an expert's answer, `listed` are its sources as pairs of title and address; `parent` is the
    post replied to or quoted (forgotten when it is gone meanwhile). The same form sent twice makes one post:
    `is_unsent` when the caller has just seen that it made none so far; what was sent at the same time is found by the
    key that only one post can have. `asked` is what came with a question about this text. `also` is called with the
    new post in the same transaction.
    Raises Refused (text; Asked for a question; TooSoon in slow mode), Forbidden, NotFound or Conflict.
    """
    typed, body = writing.typed((body,), author), writing.clean_body(body, author)
    thread_id, author_id = thread.id, author.id
    credential_id, parent_id = credential.id if credential else None, parent.id if parent else None
    key = writing.form_key(author_id, writing.place_of_reply(thread_id), form_token)
    if not is_unsent and (first := writing.sent_before(key, body)):
        return first
    try:
        shown, given = writing.rendered(body), sources.clean(listed, author)
        with transaction():
            thread, author = _locked_thread(thread_id, author_id)
            _allow_reply(author, thread)
            slowing.check(author, thread)
            credential = replying.worn(author, credential_id, thread)
            parent = replying.parent_of(parent_id, body, thread)
            allow(plugs.asked(plugs.reply_rules, author, thread, parent, credential))
            given = sources.checked(given, credential_id)
            said = seals.told(asked, author_id, "", body, form_token)
            screened = beside.screened(shown, given)
            verdict = taking.screened(Draft(author, thread, thread.subtheme, "", body, screened, typed=typed, **said))
            post = taking.publish_or_hold(
                thread, author, body, shown, verdict,
                form_token=key, credential=credential, parent_id=parent.id if parent else None, given=given,
            )  # fmt: skip
            for note in (*plugs.on_replied, *also):
                note(post)
            return post
    except (IntegrityError, Refused):
        if first := writing.sent_before(key, body):  # the other of two equal requests was faster
            return first
        raise


@screening.turning()
def edit_post(
    post: Post,
    by: User,
    body: str,
    title: str | None = None,
    *,
    revision: int | None = None,
    asked: str | None = None,
    also: Sequence[Callable[[Post], None]] = (),
    listed: Iterable[tuple[str, str]] | None = None,
    note: str = "",
) -> bool:
    """Change the text of an own post (and the title, of an opening); return whether anything was changed.

    `listed` are the sources of an expert's answer, None to leave them as they are; `note` says what was wrong, where
    corrections.is_due says that a change needs one (NoNote without it).

    The former text is kept as a Revision; an unchanged text makes none. `revision` is the one that the person
    started from: Conflict when it is not the present one. A text that the screening would hold is refused while
    the post is public, so that nothing published is exchanged unseen. `asked` is what came with a question about
    this text; `also` is called with the changed post in the same transaction. Raises Refused (Asked for a question),
    Forbidden, NotFound too.
    """
    typed, body = writing.typed((title or "", body), by), writing.clean_body(body, by)
    title = writing.clean_title(title, by) if title is not None else None
    shown, given = writing.rendered(body), None if listed is None else sources.clean(listed, by)
    post_id, thread_id, by_id = post.id, post.thread_id, by.id
    with transaction() as session:
        thread, by = _locked_thread(thread_id, by_id)
        post = must_lock(Post, post_id)
        allow(policy.why_not_edit(by, post))
        if revision is not None and revision != post.revision:
            raise Conflict(_l("You changed this post meanwhile, in another window. Look at both texts and send again."))
        former = thread.title if states.is_opening(thread, post) else None
        title = (title or former) if former is not None else None
        given = post.sources if given is None else sources.with_cuts(given, post)
        given = sources.checked(given, post.credential_id)
        if (body, title, given) == (post.body, former, post.sources):
            return False
        note = corrections.checked(post, note, by)
        draft = Draft(
            by, thread, thread.subtheme, title or "", body, beside.screened(shown, given, note),
            former=(former or "", beside.stood(post)), typed=typed, post_id=post_id,
            **seals.told(asked, by_id, title or "", body),
        )  # fmt: skip
        verdict = taking.screened(draft, is_public=post.is_visible)
        session.add(taking.former_text(post, former, by, note))
        taking.replace(post, thread, body, title, shown, given)
        if note:
            corrections.put(post, note)
        taking.tell_of_edit(post, by, also)
        if post.state == State.HELD:
            writing.call_anew(post, by, shown.mentions)
        elif verdict.is_flagged:
            taking.have_looked_at(post, verdict)
        return True


def delete_post(post: Post, by: User) -> bool:
    """Delete an own post: a placeholder stays in its place; return whether anything was changed.

    An opening without replies takes its thread along; with replies the thread stays. Raises Forbidden, NotFound.
    """
    post_id, thread_id, by_id = post.id, post.thread_id, by.id
    with transaction():
        _thread, by = _locked_thread(thread_id, by_id)
        post = must_lock(Post, post_id)
        if post.state == State.DELETED and post.author_id == by.id:
            return False
        allow(policy.why_not_delete(by, post))
        return states.delete(post, by)


def _allow_reply(author: User, thread: Thread) -> None:
    if not policy.sees_thread(author, thread):
        raise NotFound
    allow(policy.why_not_reply(author, thread))


def _locked_thread(thread_id: int, person_id: int) -> tuple[Thread, User]:
    """Return the thread, locked, and the person; both and the thread's sub-theme as they are now."""
    thread = must_lock(Thread, thread_id)
    person, subtheme = _present(person_id, thread.subtheme_id)
    set_committed_value(thread, "subtheme", subtheme)
    return thread, person


_BOTH = select(User, SubTheme).join_from(User, SubTheme, SubTheme.id == bindparam("subtheme"))
_BOTH = _BOTH.where(User.id == bindparam("person")).execution_options(populate_existing=True)


def _present(person_id: int, subtheme_id: int) -> tuple[User, SubTheme]:
    """Return both rows as they are now, not as this session loaded them earlier; NotFound when one is gone."""
    found = db.session.execute(_BOTH, {"person": person_id, "subtheme": subtheme_id}).first()
    if found is None:
        raise NotFound
    return found[0], found[1]
