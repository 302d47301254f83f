"""Publishing a new version of the rules: whole, by an admin, with a row in the public log."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.accounts.policy import may_administer
from forum.core import audit, site
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from moderation import rules
from moderation.conduct.models import Conduct
from moderation.conduct.wording import Rule

MOST = 30  # rules; nobody reads more, and a flag's form shows them all
NAME_LIMIT, TEXT_LIMIT = 80, 800
URGENCY_LEAST, URGENCY_MOST = 0.5, 3.0


@dataclass(frozen=True)
class Wording:
    """One rule as an admin writes it; `code` is "" for a new one, which gets a code for ever."""

    code: str
    name_en: str
    name_zh: str
    text_en: str
    text_zh: str
    urgency: float


def wordings() -> list[Wording]:
    """Return the rules in force as they are edited: in both languages."""
    return [_as_written(rule) for rule in rules.current().values()]


def publish(written: list[Wording], seen: int, by: User) -> int | None:
    """Make `written`, in this order, the rules in force and return the new version; None when nothing changes.

    `seen` is the version that was edited. Raises Forbidden, Conflict when there is a newer one, Refused for no
    rule at all, more than MOST, or a code that the version did not have.
    """
    with transaction() as session:
        if not may_administer(by):
            raise Forbidden(_l("Only an administrator changes the rules."))
        former = _locked(seen)
        _check(written, {each.code for each in former})
        new = _with_codes(written)
        if new == former:
            return None
        version = seen + 1
        session.add(Conduct(version=version, rules=[_kept(each) for each in new], published_by_id=by.id))
        site.put(rules.SETTING, {"version": version, "mark": secrets.token_hex(8)}, by.id)
        audit.record("rules.published", by=by, facts={"version": version, **_differences(former, new)})
        session.flush()
    return version


def _locked(seen: int) -> list[Wording]:
    """Return the rules in force, read behind the head of the log, for whose lock everybody who publishes waits."""
    audit.wait_for_turn()
    db.session.expire_all()
    site.forget()
    if rules.version() != seen:
        raise Conflict(_l("Somebody has published a new version of the rules meanwhile. Please look at it first."))
    return wordings()


def _check(written: list[Wording], known: set[str]) -> None:
    if not written:
        raise Refused(_l("A forum has at least one rule."))
    if len(written) > MOST:
        raise Refused(_l("At most %(most)s rules: nobody reads more.", most=MOST))
    codes = [each.code for each in written if each.code]
    if set(codes) - known or len(codes) != len(set(codes)):
        raise Refused(_l("This form is not complete. Open the page again."))


def _with_codes(written: list[Wording]) -> list[Wording]:
    """Give new rules a code that no version has had: rows name rules by it for ever."""
    new, number = [], rules.version() + 1
    for place, each in enumerate(written):
        code = each.code or f"rule-{number}-{place + 1}"
        new.append(Wording(code, each.name_en, each.name_zh, each.text_en, each.text_zh, each.urgency))
    return new


def _kept(each: Wording) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": {"en": each.name_en, "zh": each.name_zh},
        "text": {"en": each.text_en, "zh": each.text_zh},
        "urgency": each.urgency,
    }


def _as_written(rule: Rule) -> Wording:
    with force_locale("en"):
        name_en, text_en = str(rule.name), str(rule.text)
    with force_locale("zh_Hans"):
        name_zh, text_zh = str(rule.name), str(rule.text)
    return Wording(rule.code, name_en, name_zh, text_en, text_zh, rule.urgency)


def _differences(former: list[Wording], new: list[Wording]) -> dict[str, Any]:
    """Return what the public log tells: codes that came, went or were reworded. The words stand at /rules."""
    before, after = {each.code: each for each in former}, {each.code: each for each in new}
    return {
        "added": [code for code in after if code not in before],
        "retired": [code for code in before if code not in after],
        "changed": [code for code in after if code in before and after[code] != before[code]],
    }
