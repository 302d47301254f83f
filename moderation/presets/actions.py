"""Adding, changing and removing presets: the only writer of them. The public log says that it was done."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import must_lock, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.text import REASON_LIMIT
from moderation import rules
from moderation.models import Outcome
from moderation.policy import sees_everything
from moderation.presets.models import Preset
from moderation.presets.queries import PRESETS_MOST

TITLE_LIMIT = 80


@dataclass(frozen=True)
class Written:
    """A preset as somebody writes it; `rule` is a code of the rules in force or "", `outcome` an outcome or ""."""

    title: str
    text_en: str
    text_zh: str
    rule: str = ""
    outcome: str = ""


def add(written: Written, by: User) -> Preset:
    """Add a preset and return it. Raises Forbidden; Refused for what can't be kept, or where there are PRESETS_MOST."""
    with transaction() as session:
        _check(written, by)
        audit.wait_for_turn()  # two at once are counted one after the other
        if session.scalar(select(func.count()).select_from(Preset)) >= PRESETS_MOST:  # type: ignore[operator]
            raise Refused(_l("There are %(most)s presets, which is the most. Change one.", most=PRESETS_MOST))
        made = Preset(**vars(written))
        session.add(made)
        session.flush()
        _log("preset.added", made, by)
    return made


def change(preset_id: int, written: Written, seen: int, by: User) -> bool:
    """Change a preset and return whether anything was; `seen` is its version that was edited.

    Raises NotFound, Forbidden, Refused, Conflict when somebody else has changed it meanwhile.
    """
    with transaction():
        _check(written, by)
        kept = must_lock(Preset, preset_id)
        if kept.version != seen:
            raise Conflict(_l("Somebody has changed this preset meanwhile. Please look at it first."))
        if all(getattr(kept, name) == value for name, value in vars(written).items()):
            return False
        for name, value in vars(written).items():
            setattr(kept, name, value)
        kept.version += 1
        _log("preset.changed", kept, by)
    return True


def remove(preset_id: int, by: User) -> None:
    """Remove a preset: decisions keep what was sent. Raises NotFound, Forbidden."""
    with transaction() as session:
        _check_person(by)
        gone = must_lock(Preset, preset_id)
        _log("preset.removed", gone, by)
        session.delete(gone)


def _check(written: Written, by: User) -> None:
    _check_person(by)
    texts = (written.text_en, written.text_zh)
    if not written.title or not all(texts):
        raise Refused(_l("A preset needs a title, and its words in both languages."))
    if len(written.title) > TITLE_LIMIT or any(len(text) > REASON_LIMIT for text in texts):
        raise Refused(_l("That is too long."))
    if written.rule and written.rule not in rules.current():
        raise Refused(_l("Choose one of the rules in force, or none."))
    if written.outcome and written.outcome not in set(Outcome):
        raise Refused(_l("Choose one of the outcomes, or none."))


def _check_person(by: User) -> None:
    if not sees_everything(by):
        raise Forbidden(_l("Presets are kept by moderators of the whole forum."))


def _log(act: str, preset: Preset, by: User) -> None:
    audit.record(act, by=by, rule=preset.rule, target=f"preset:{preset.id}")
