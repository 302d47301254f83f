"""The page of a thread, drawn for reading, for replying, and again when a reply was refused."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, request
from flask_login import current_user

from forum.accounts import ties
from forum.accounts.models import Person
from forum.config import PAGE_SIZE
from forum.core import markup, web
from forum.core.pagecache import Alone, Unkept, marks
from forum.core.paging import page_of, positions
from forum.threads import plugs, policy, presenting, queries, slowing, writing
from forum.threads.addresses import post_url, thread_url
from forum.threads.forms import ReplyForm
from forum.threads.marks import FirstUnread, plug
from forum.threads.models import Post, Thread
from forum.threads.seals import FormFiller


def page(thread: Thread, number: int | None = None, form: ReplyForm | None = None, status: int = 200) -> Response:
    """Return page `number` (None: the last one) with the reply box: `form` when it was refused, else an empty one."""
    reader = web.reader()
    _tell_apart(reader, thread)
    number = number or page_of(thread.last_position, PAGE_SIZE)
    place = positions(number, thread.last_position, PAGE_SIZE) or abort(404)
    posts = list(queries.posts_page(thread, reader, place))
    if place.next is None:
        posts += queries.unpublished_posts(thread, reader)
    why_not_reply = policy.why_not_reply(reader, thread)
    elsewhere = plugs.asked(plugs.reply_elsewhere, reader, thread)
    if elsewhere and not form:
        why_not_reply = why_not_reply or elsewhere.text
    kept_away = _kept_away(reader, posts)
    seen = [post for post in posts if policy.sees_post(reader, post) and post.author_id not in kept_away]
    _mark_new(reader, thread, seen, place.last, is_read=status == 200 and _is_read())
    return web.page(
        "threads/thread.html",
        status,
        thread=thread,
        panels=plugs.panels(plugs.thread_heads, reader, thread),
        under=plugs.panels(plugs.under_openings, reader, thread) if number == 1 else (),
        posts=presenting.shown(posts, thread, reader, number, kept_away=kept_away),
        place=place,
        previous_url=thread_url(thread, page=place.previous) if place.previous else None,
        next_url=thread_url(thread, page=place.next) if place.next else None,
        answers=[(post, post_url(post, thread)) for post in queries.expert_answers(thread)],
        form=form or (_reply_form(thread, reader) if why_not_reply is None else None),
        why_not_reply=why_not_reply,
        elsewhere=elsewhere,
        slow=_slow(reader, thread) if why_not_reply is None else None,
        moderates=policy.moderates(reader, thread.subtheme_id),
        may_flag=policy.may_flag_thread(reader, thread),
        latest_url=thread_url(thread, page=place.pages if place.pages > 1 else None, _anchor="reply"),
        voices=_voices(posts),
    )


def _tell_apart(reader: Person, thread: Thread) -> None:
    """Find out at once whose page of this thread nobody else gets: whoever began it, and experts who may answer."""
    if reader.is_many and (reader.id == thread.author_id or (reader.is_expert and thread.takes_experts)):
        raise Alone


def _mark_new(reader: Person, thread: Thread, seen: list[Post], last: int, *, is_read: bool) -> None:
    """Say where the reader goes on, and note what the page shows (`seen`); on a kept page, for each of its readers."""
    slots = marks.slots()
    if isinstance(slots, marks.Marks):
        slots.fill_with(plug.reader.of_thread(reader, thread, seen, last))
        slots.fill_with(FormFiller.of_this_app())
        return
    new = plug.reader.first_unread(reader, thread)
    if new is not None:
        slots.say("new")
        slots.say("new_url", _address_of(new, thread))
        slots.say(f"new-{new.post_id}")
    if is_read:
        plug.reader.note(reader, thread, seen, last)


def _reply_form(thread: Thread, reader: Person) -> ReplyForm:
    form = ReplyForm(thread, reader)
    form.form_token.data = marks.slots().value("form_token", form.form_token.data)
    return form


def _slow(reader: Person, thread: Thread) -> tuple[str, str] | None:
    """Return, for a thread in slow mode, how long people wait between two posts, and how long the reader still does."""
    if not thread.slow_minutes or policy.moderates(reader, thread.subtheme_id):
        return None
    if marks.slots().for_many:
        raise Unkept
    left = slowing.wait(reader, thread)
    return slowing.spoken(timedelta(minutes=thread.slow_minutes)), slowing.spoken(left) if left else ""


def _is_read() -> bool:
    """Whether somebody looks at this page: a browser that fetches ahead, or asks for the head only, does not."""
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def _kept_away(reader: Person, posts: list[Post]) -> dict[int, str]:
    """Return the authors on the page whom the viewer mutes or blocks."""
    if not reader.is_authenticated or reader.is_many:
        return {}
    return ties.among(int(reader.id or 0), {post.author_id for post in posts})


def _address_of(new: FirstUnread, thread: Thread) -> str:
    page = page_of(new.position, PAGE_SIZE)
    return thread_url(thread, page=page if page > 1 else None, _anchor=f"post-{new.post_id}")


def _voices(posts: list[Post]) -> list[Post]:
    """Return the first visible post of everybody who speaks on the page, in order."""
    firsts: dict[int, Post] = {}
    for post in posts:
        if post.is_visible:
            firsts.setdefault(post.author_id, post)
    return list(firsts.values())


def experts_page(thread: Thread, after: int) -> Response:
    """Return the experts' answers alone, behind position `after`."""
    reader = web.reader()
    answers = queries.experts_page(thread, after, PAGE_SIZE)
    following = answers.next_cursor
    return web.page(
        "threads/experts.html",
        thread=thread,
        posts=presenting.shown(answers.items, thread, reader, kept_away=_kept_away(reader, list(answers.items))),
        next_url=thread_url(thread, experts=1, after=following) if following else None,
        first_url=thread_url(thread, experts=1) if after else None,
    )


def quoting(thread: Thread, post_id: int | None) -> ReplyForm | None:
    """Return a reply form that quotes the post, or None when it can't be quoted here (the box is then empty)."""
    if policy.why_not_reply(current_user, thread) is not None:
        return None
    post = queries.visible_post(post_id, current_user) if post_id else None
    if post is None or not post.is_visible or post.thread_id != thread.id:
        return None
    form = ReplyForm(thread, current_user)
    form.body.data = markup.quote(writing.quoted_name(post), post.id, post.body)
    form.parent.data = str(post.id)
    return form
