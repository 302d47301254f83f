"""What is done with people's pictures: set, removed, and files that nobody's row names any more swept away."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from forum.accounts import silences
from forum.accounts.models import User
from forum.avatars import policy
from forum.avatars.pictures import BadPicture, squares
from forum.avatars.sizes import LEAST_SIDE, MOST_PIXELS, SIZES
from forum.avatars.store import avatars
from forum.core import signals
from forum.core.database import announce, db, must_lock, now, transaction
from forum.core.errors import Busy, FilesAway, Forbidden, Refused
from forum.core.jobs import Seldom, slow_sweeper
from forum.core.plugs import fill
from forum.store.shelves import after_restore

log = logging.getLogger(__name__)
ORPHANED_AFTER = timedelta(hours=1)  # files are written before the row that names them: younger ones are left alone
TOGETHER = 3_000  # files whose names are compared with the rows at once

PROBLEMS: dict[str, Any] = {
    "large": _l("This file is larger than 4 MB. Please choose a smaller one."),
    "kind": _l("This is none of the kinds of picture that can be taken: PNG, JPEG, WebP or GIF."),
    "pixels": _l(
        "This picture has more than %(most)s million pixels. Please choose a smaller one.", most=MOST_PIXELS // 10**6
    ),
    "small": _l("This picture is smaller than %(least)s by %(least)s pixels.", least=LEAST_SIDE),
    "broken": _l("This file is damaged or incomplete. Please save the picture anew and try again."),
    "busy": _l("Several pictures are being worked on. Please try again in a few seconds."),
}


# Called with the person and the squares made of a picture, by their side in pixels; says why not to show it, or None.
objectors: list[Callable[[User, Mapping[int, bytes]], Any | None]] = []


def set_avatar(user: User, data: bytes) -> None:
    """Show the picture in the file `data` as the person's; raise Forbidden, or Refused for what can't be taken."""
    silences.refuse_silent(user)
    if not policy.may_set_avatar(user):
        raise Forbidden(_l("You can show a picture as soon as your account is confirmed."))
    try:
        made = squares(data)
    except BadPicture as refusal:
        raise (Busy if refusal.reason == "busy" else Refused)(PROBLEMS[refusal.reason]) from refusal
    for object_to in objectors:
        if (why_not := object_to(user, made)) is not None:
            raise Refused(why_not)
    name = secrets.token_hex(16)
    show_again(user, name, made)


def show_again(user: User, name: str, squares: Mapping[int, bytes]) -> None:
    """Show these squares, by their side in pixels, as the person's picture of that name."""
    for size, square in squares.items():
        avatars().put(file_of(name, size), square)
    _show(user, name)


def remove_avatar(user: User) -> None:
    """Show the drawn seal again; repeating it changes nothing."""
    if user.avatar:
        _show(user, "")


def _show(user: User, name: str) -> None:
    """Put the name into the row, and forget the former files after the commit; what a crash leaves the sweep finds."""
    with transaction():
        person = must_lock(User, user.id)
        former, person.avatar = person.avatar, name
        if former:
            drop_files(former)


def drop_files(name: str) -> None:
    """Delete the files of a picture after the commit of the transaction that takes its name from its row."""
    announce(signals.picture_dropped, name=name)


@signals.picture_dropped.connect
def _delete_files(_sender: object, *, name: str) -> None:
    try:
        for size in SIZES:
            avatars().delete(file_of(name, size))
    except FilesAway as error:
        log.warning("a picture that is shown no more can't be deleted, the sweep will do it: %s", error.orig)


def file_of(name: str, size: int) -> str:
    """Return the name of the file of a picture in one size."""
    return f"{name}-{size}.webp"


def remove_orphans() -> int:
    """Delete files of an hour or more that no row names and return how many they were."""
    before, count = now() - ORPHANED_AFTER, 0
    old = (each.name for each in avatars().entries() if each.at < before)
    while names := list(islice(old, TOGETHER)):
        shown = _shown({_picture_of(name) for name in names})
        orphans = [name for name in names if _picture_of(name) not in shown]
        for name in orphans:
            avatars().delete(name)
        count += len(orphans)
    return count


def _picture_of(file: str) -> str:
    return file.partition("-")[0]


def _shown(names: set[str]) -> set[str]:
    """Return those that are somebody's picture. Asked after the files were listed: theirs were put before the row."""
    return set(db.session.scalars(select(User.avatar).where(User.avatar.in_(names))))


def forget_missing() -> str:
    """After a restore: who shows a picture whose files are not there shows the drawn seal; return a sentence, or ""."""
    there = {_picture_of(each.name) for each in avatars().entries()}
    wanted = select(User.id, User.avatar).where(User.avatar != "")
    lost = [row.id for row in db.session.execute(wanted) if row.avatar not in there]
    for first in range(0, len(lost), TOGETHER):
        with transaction() as session:
            session.execute(update(User).where(User.id.in_(lost[first : first + TOGETHER])).values(avatar=""))
    return f"{len(lost):,} people's pictures are not in it; their seals stand for them." if lost else ""


fill(after_restore, forget_missing)


_sweep = Seldom(timedelta(hours=1))  # it goes through all files


@slow_sweeper
def sweep_orphans() -> None:
    """Sweep the store of pictures once an hour."""
    if _sweep.is_due():
        remove_orphans()
