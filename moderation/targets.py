"""What a case is about, found and locked before the case, in the order in which every writer takes them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core.database import db, locked
from forum.core.errors import NotFound
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread
from moderation import cases
from moderation import queries as moderation
from moderation.models import Case, Kind, Source
from moderation.profiles import actions as profiles
from moderation.profiles import contents
from moderation.profiles import queries as of_profiles

Subject = Post | User  # the post (of a thread the opening one), or the person whose profile it is


def lock(case_id: int, by: User) -> Subject:
    """Lock what the case is about: thread and post, or, for a profile, its person together with `by`.

    Raises NotFound for a case that does not exist.
    """
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return _person(case.author_id, by) if case.kind == Kind.PROFILE else _post(case.post_id or 0)


def _post(post_id: int) -> Post:
    post = db.session.get(Post, post_id)
    if post is None or locked(Thread, post.thread_id) is None:
        raise NotFound
    locked(Post, post.id)
    return post


def _person(person_id: int, by: User) -> User:
    """People are locked in the order of their ids, as `accounts` does."""
    found = {row_id: locked(User, row_id) for row_id in sorted({person_id, by.id})}
    person = found[person_id]
    if person is None:
        raise NotFound
    return person


def lock_reach(case: Case, by: User | None, *also: int) -> None:
    """Lock what a decision about the locked case may change besides: people, then sub-themes, each by their ids.

    What follows may then change them and write the public log in whatever order it likes. Whoever holds the log waits
    for nobody. `also` are sub-themes that a thread goes to; a profile stands in none.
    """
    for user_id in sorted({case.author_id} | ({by.id} if by else set())):
        locked(User, user_id)
    here = {case.the_post.thread.subtheme_id} if case.post_id is not None else set()
    for subtheme_id in sorted(here | set(also)):
        locked(SubTheme, subtheme_id)


def revision_of(subject: Subject) -> int:
    """Return a number that changes whenever what the case is about says something else."""
    return contents.revision_of(subject) if isinstance(subject, User) else subject.revision


def subject_of(case: Case) -> Subject:
    """Return what the case is about; author and post must be loaded."""
    return case.author if case.is_about_person else case.the_post


def open_case_like(case: Case) -> Case | None:
    """Return the case that is open about the same, under a row lock, or None."""
    if case.post_id is None:
        return of_profiles.open_case_about(case.author_id, lock=True)
    return moderation.open_case_of(case.post_id, lock=True, kind=case.kind)


def open_another(case: Case, subject: Subject, source: Source) -> Case:
    """Open another case about the same, as it is now; joins the caller's transaction, which has locked it."""
    if isinstance(subject, User):
        return profiles.open_case(subject, source)
    return cases.open_case(subject, source, kind=Kind(case.kind))


CHANGED: dict[str, Any] = {
    Kind.POST: _l("The author changed the post while you were looking at it. Please look again."),
    Kind.THREAD: _l("The author changed the thread while you were looking at it. Please look again."),
    Kind.PROFILE: _l("The person changed the profile while you were looking at it. Please look again."),
}
