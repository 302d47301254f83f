"""Adding, changing and switching screens: the only writer of them. The public log says that, never which words."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import audit, site
from forum.core.database import db, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from moderation import rules
from moderation.policy import sees_everything
from moderation.screens import queries
from moderation.screens.models import Action, Kind, Screen
from moderation.screens.reading import BadWord, cleaned

ENTRIES_MOST = 2_000  # words of all screens that are on: so many are looked for in every text


@dataclass(frozen=True)
class Wanted:
    """A screen as a moderator writes it: words one a line, `rule` a code of the rules in force."""

    kind: str
    words: str
    action: str
    rule: str
    replacement: str = ""


def add(wanted: Wanted, by: User) -> Screen:
    """Add a screen, switched on, and return it. Raises Forbidden, Refused (BadWord for a line that can't be used)."""
    with transaction() as session:
        wanted = _checked(wanted, by)
        if session.scalar(select(func.count()).select_from(Screen)) >= queries.SCREENS_MOST:  # type: ignore[operator]
            raise Refused(_l("There are %(most)s screens, which is the most. Change one.", most=queries.SCREENS_MOST))
        screen = Screen(**vars(wanted), is_on=True, changed_at=now())
        session.add(screen)
        session.flush()
        _written("screen.added", screen, by)
    return screen


def change(screen_id: int, wanted: Wanted, seen: int, by: User) -> bool:
    """Change a screen and return whether anything was; `seen` is its version that was edited.

    Raises NotFound, Forbidden, Refused, Conflict when somebody else has changed it meanwhile.
    """
    with transaction():
        screen = must_lock(Screen, screen_id)
        if screen.version != seen:
            raise Conflict(_l("Somebody has changed this screen meanwhile. Please look at it first."))
        wanted = _checked(wanted, by, but_for=screen)
        if all(getattr(screen, name) == value for name, value in vars(wanted).items()):
            return False
        for name, value in vars(wanted).items():
            setattr(screen, name, value)
        _written("screen.changed", screen, by)
    return True


def switch(screen_id: int, by: User, *, on: bool) -> bool:
    """Switch a screen on or off and return whether that changed anything. Raises NotFound, Forbidden, Refused."""
    with transaction():
        screen = must_lock(Screen, screen_id)
        _checked(Wanted(screen.kind, screen.words, screen.action, screen.rule, screen.replacement), by, but_for=screen)
        if screen.is_on == on:
            return False
        screen.is_on = on
        _written("screen.switched_on" if on else "screen.switched_off", screen, by)
    return True


def check(wanted: Wanted) -> Wanted:
    """Return what would be kept, or raise Refused (BadWord) for what makes no sense together."""
    if wanted.kind not in set(Kind) or wanted.action not in set(Action) or wanted.rule not in rules.current():
        raise Refused(_l("Choose how the words are compared, what happens, and which rule it serves."))
    if wanted.action == Action.ALLOW and wanted.kind != Kind.DOMAIN:
        raise Refused(_l("Only domains can be allowed."))
    if wanted.action in (Action.REPLACE, Action.NUDGE) and wanted.kind == Kind.DOMAIN:
        raise Refused(_l("A domain is held, flagged, refused or allowed."))
    if wanted.action == Action.REPLACE and not wanted.replacement:
        raise Refused(_l("Say what the words are replaced with."))
    words = "\n".join(cleaned(wanted.kind, wanted.words))
    replacement = wanted.replacement if wanted.action == Action.REPLACE else ""
    return Wanted(wanted.kind, words, wanted.action, wanted.rule, replacement)


def _checked(wanted: Wanted, by: User, but_for: Screen | None = None) -> Wanted:
    if not sees_everything(by):
        raise Forbidden(_l("Screens are for moderators of the whole forum."))
    wanted = check(wanted)
    others = select(Screen.words).where(Screen.is_on, Screen.id != (but_for.id if but_for else 0))
    entries = sum(words.count("\n") + 1 for words in db.session.scalars(others))
    if entries + wanted.words.count("\n") + 1 > ENTRIES_MOST:
        raise Refused(_l("At most %(most)s words can be watched in all.", most=ENTRIES_MOST))
    return wanted


def _written(act: str, screen: Screen, by: User) -> None:
    """Note the change where every process sees it with the next text, and in the public log."""
    screen.changed_at, screen.version = now(), (screen.version or 0) + 1
    facts = {"kind": screen.kind, "action": screen.action, "words": len(screen.entries)}
    audit.record(act, by=by, rule=screen.rule, target=f"screen:{screen.id}", facts=facts)
    site.put(queries.SETTING, {"mark": secrets.token_hex(8)}, by.id)


__all__ = ["ENTRIES_MOST", "BadWord", "Wanted", "add", "change", "check", "switch"]
