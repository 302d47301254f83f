"""What the lines of a file say about each other: every name must lead somewhere, every thread needs its opening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from forum.archive.ids import Ids
from forum.archive.records import BadLine
from forum.archive.survey import PostPlace, Survey


def check(found: Survey, ids: Ids) -> None:
    """Take every line that needs what is not there out of `found` and put it to the faults; the rest is whole."""
    _check_threads(found, ids)
    _check_posts(found, ids)
    _check_choices(found, ids)
    _check_parents(found, ids)
    _check_openings(found, ids)
    found.faults.sort(key=lambda fault: fault.number)


def _check_threads(found: Survey, ids: Ids) -> None:
    for thread in list(found.threads.values()):
        if thread.fields["subtheme"] not in found.subthemes:
            problem = f"'subtheme' names {thread.fields['subtheme']!r}, which is no sub-theme of this file"
        elif not _is_there(found.people, "person", thread.fields["author"], ids):
            problem = _nobody(thread.fields["author"])
        else:
            continue
        del found.threads[thread.id]
        found.faults.append(BadLine(thread.line, problem))


def _check_posts(found: Survey, ids: Ids) -> None:
    for post in list(found.posts.values()):
        if not _is_there(found.threads, "thread", post.thread, ids):
            problem = f"'thread' names {post.thread!r}, which is no sound thread of this file or an earlier import"
        elif not _is_there(found.people, "person", post.author, ids):
            problem = _nobody(post.author)
        else:
            continue
        _drop(found, post, problem)


def _check_choices(found: Survey, ids: Ids) -> None:
    """One answer at most is chosen in a thread, which is a question to the experts, by somebody who is known."""
    chosen: set[str] = set()
    for post in [post for post in found.posts.values() if post.chosen_by]:
        thread = found.threads.get(post.thread)
        if not _is_there(found.people, "person", str(post.chosen_by), ids):
            _drop(found, post, _nobody(str(post.chosen_by), "chosen_by"))
        elif thread is not None and not thread.fields.get("asked"):
            _drop(found, post, f"'chosen' stands in the thread {post.thread!r}, which was not 'asked'")
        elif post.thread in chosen:
            _drop(found, post, f"'chosen' stands at another post of the thread {post.thread!r} already")
        chosen.add(post.thread)


def _check_parents(found: Survey, ids: Ids) -> None:
    """A parent is a post of the same thread, in the file or imported before, and no descendant of its child."""
    earlier = {post.parent for post in found.posts.values() if post.parent and ids.known("post", post.parent)}
    stored = ids.threads_of(earlier)
    children: dict[str, list[PostPlace]] = defaultdict(list)
    ready: list[PostPlace] = []
    for post in found.posts.values():
        if post.parent is None or ids.known("post", post.id):
            ready.append(post)
        elif post.parent in stored:
            ready += [post] if _is_thread(stored[post.parent], post, ids) else []
        elif post.parent in found.posts and found.posts[post.parent].thread == post.thread:
            children[post.parent].append(post)
    sound = set()
    while ready:
        post = ready.pop()
        sound.add(post.id)
        ready += children.pop(post.id, ())
    for post in [post for post in found.posts.values() if post.id not in sound]:
        _drop(found, post, f"'parent' names {post.parent!r}, which is no sound post of the same thread")


def _is_thread(thread_id: int, post: PostPlace, ids: Ids) -> bool:
    return ids.known("thread", post.thread) and ids.of("thread", post.thread) == thread_id


def _check_openings(found: Survey, ids: Ids) -> None:
    opened = {post.thread for post in found.posts.values() if not ids.known("post", post.id)}
    for thread in list(found.threads.values()):
        if thread.id not in opened and not ids.known("thread", thread.id):
            del found.threads[thread.id]
            found.faults.append(BadLine(thread.line, f"the thread {thread.id!r} has no post"))


def _is_there(here: Mapping[str, object], kind: str, wanted: str, ids: Ids) -> bool:
    return wanted in here or ids.known(kind, wanted)


def _nobody(wanted: str, name: str = "author") -> str:
    return f"{name!r} names {wanted!r}, which is no person of this file or an earlier import"


def _drop(found: Survey, post: PostPlace, problem: str) -> None:
    del found.posts[post.id]
    found.faults.append(BadLine(post.line, problem))
