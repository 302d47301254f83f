"""What an archive of somebody's data consists of: `PARTS`, to which rooms above add their own when the app is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.core.database import db

BATCH = 200  # rows read at a time, so that memory stays the same for everybody

Words = Any  # what `lazy_gettext` returns


@dataclass(frozen=True)
class Item:
    """One thing in the archive: its plain values by name, and the HTML of its text as it was stored, or ""."""

    facts: Mapping[str, Any]
    html: str = ""


@dataclass(frozen=True)
class Part:
    """One kind of thing: the rows of `model` whose column `owner` names the person, read in the order of `key`.

    `key` is unique among one person's rows. `name` is the kind's name in data.json, `title` its heading. `also` are
    further conditions; `owner_value` says what stands in `owner` for a person (their id, by default).
    """

    name: str
    title: Words
    owner: Any
    key: Any
    item: Callable[[Any], Item]
    also: tuple[Any, ...] = ()
    owner_value: Callable[[int], Any] = field(default=lambda user_id: user_id)

    @property
    def column(self) -> str:
        """The column that names the person, as "table.column"."""
        return f"{self.owner.class_.__tablename__}.{self.owner.key}"

    def count(self, user_id: int) -> int:
        """Return how many things of this kind there are."""
        rows = select(func.count()).select_from(self.owner.class_)
        return db.session.scalar(rows.where(self.owner == self.owner_value(user_id), *self.also)) or 0

    def items(self, user_id: int) -> Iterator[Item]:
        """Yield them in the order of `key`, reading BATCH rows at a time."""
        query = select(self.owner.class_).where(self.owner == self.owner_value(user_id), *self.also)
        query = query.order_by(self.key).limit(BATCH)
        last: Any = None
        while rows := db.session.scalars(query if last is None else query.where(self.key > last)).all():
            found = [self.item(row) for row in rows]
            last = getattr(rows[-1], self.key.key)
            db.session.expunge_all()
            yield from found


# In the order of the archive: first what the person wrote, then what is kept about them.
OWN_WORDS: list[Part] = []
KEPT: list[Part] = []


def all_parts() -> list[Part]:
    """Return every part, in the order of the archive."""
    return [*OWN_WORDS, *KEPT]


def add(parts: list[Part], *new: Part) -> None:
    """Put parts behind those that are there; harmless to repeat."""
    known = {part.name for part in parts}
    parts.extend(part for part in new if part.name not in known)


def pick(row: Any, *names: str) -> dict[str, Any]:
    """Return these columns of a row by name."""
    return {name: getattr(row, name) for name in names}


# What the readable page calls the values; a name that is not here is shown as it is.
LABELS: dict[str, Words] = {
    "id": _l("Number"),
    "address": _l("Address"),
    "title": _l("Title"),
    "body": _l("Text"),
    "state": _l("State"),
    "created_at": _l("Made"),
    "made_at": _l("Made"),
    "asked": _l("Cases"),
    "case": _l("Case"),
    "published_at": _l("Published"),
    "edited_at": _l("Edited"),
    "replaced_at": _l("Replaced"),
    "deleted_at": _l("Deleted"),
    "sources": _l("Sources"),
    "correction": _l("Correction"),
    "corrected_at": _l("Corrected"),
    "saved_at": _l("Saved"),
    "state_reason": _l("Reason"),
    "reason": _l("Reason"),
    "note": _l("Note"),
    "hidden_by_program_at": _l("Hidden by the program after flags"),
    "subtheme": _l("Sub-theme"),
    "thread": _l("Thread"),
    "post": _l("Post"),
    "number": _l("Version"),
    "description_en": _l("Description in English"),
    "description_zh": _l("Description in Chinese"),
    "opens_at": _l("Questions are taken from"),
    "answers_at": _l("Experts answer from"),
    "closes_at": _l("The session closes"),
    "conversation": _l("Conversation"),
    "username": _l("User name"),
    "display_name": _l("Name to show"),
    "email": _l("E-mail address"),
    "bio": _l("About you"),
    "role": _l("Role"),
    "moderates": _l("Sub-themes moderated"),
    "appointed_at": _l("Moderator from"),
    "ended_at": _l("Moderator until"),
    "former": _l("Before"),
    "standing": _l("Account"),
    "language": _l("Language"),
    "timezone": _l("Time zone"),
    "sector": _l("Speaks for"),
    "place": _l("Place"),
    "links": _l("Links"),
    "speaks": _l("Languages"),
    "private": _l("Not public"),
    "confirmed_at": _l("Confirmed"),
    "approved_at": _l("Approved"),
    "signed_in_at": _l("Last sign-in"),
    "signup_address": _l("Network address at sign-up"),
    "application": _l("Why you wanted to join"),
    "agreed": _l("Accepted"),
    "age_band": _l("Age"),
    "quiet_hours": _l("Quiet hours"),
    "agreed_at": _l("Agreed"),
    "trust_level": _l("Trust level"),
    "mails_off": _l("Mail turned off"),
    "mails_on": _l("Mail asked for"),
    "bounces": _l("Mails that came back"),
    "suspended_until": _l("Suspended until"),
    "silenced_until": _l("Silenced until"),
    "published_count": _l("Posts that everybody sees"),
    "invited_by_id": _l("Number of the account that invited you"),
    "leaving_at": _l("To be deleted"),
    "leaving_with": _l("What goes with it"),
    "source_id": _l("Number in an earlier forum"),
    "avatar": _l("Picture"),
    "is_expert": _l("Expert"),
    "user_agent": _l("Browser"),
    "means": _l("Means"),
    "seen_at": _l("Last seen"),
    "used_at": _l("Last used"),
    "expires_at": _l("Ends"),
    "proved_at": _l("Last proof"),
    "has_second_factor": _l("With a second factor"),
    "factor_at": _l("Second factor shown"),
    "network": _l("Network address"),
    "changed_at": _l("Changed"),
    "document": _l("Document"),
    "version": _l("Version"),
    "given_at": _l("Given"),
    "kind": _l("Kind"),
    "read_at": _l("Read"),
    "muted": _l("Muted"),
    "position": _l("Read up to post"),
    "day": _l("Day"),
    "threads": _l("Threads read"),
    "posts": _l("Posts read"),
    "seconds": _l("Seconds"),
    "other": _l("Number of the other account"),
    "purpose": _l("Purpose"),
    "template": _l("Letter"),
    "sent_at": _l("Sent"),
    "organization": _l("Organisation"),
    "granted_at": _l("Granted"),
    "interests": _l("Declared interests"),
    "languages": _l("Languages"),
    "evidence": _l("What shows it"),
    "credential": _l("Credential"),
    "reminded_30_at": _l("Reminded a month before"),
    "reminded_7_at": _l("Reminded a week before"),
    "valid_until": _l("Last day"),
    "revoked_at": _l("Revoked"),
    "revoke_reason": _l("Reason"),
    "name": _l("Name"),
    "provider": _l("Provider"),
    "subject": _l("Number there"),
    "label": _l("Name there"),
    "linked_at": _l("Linked"),
    "withdrawn_at": _l("Withdrawn"),
    "joined_at": _l("Joined"),
    "left_at": _l("Left"),
    "asked_at": _l("Asked for"),
    "ready_at": _l("Ready"),
    "act": _l("Act"),
    "at": _l("When"),
    "rule": _l("Rule"),
    "scope": _l("Sub-theme"),
    "target": _l("Of what"),
    "facts": _l("Facts"),
    "outcome": _l("Decision"),
    "verdict": _l("Decision"),
    "broken_rule": _l("Rule"),
    "decided_at": _l("Decided"),
    "declined_at": _l("Declined"),
    "opened_at": _l("Opened"),
    "upheld": _l("Confirmed by the decision"),
    "overruled_at": _l("Overturned"),
    "reversed_at": _l("Overturned"),
    "words": _l("Text"),
    "reply": _l("Reply"),
    "size": _l("Side in pixels"),
    "flagged_text": _l("The text as it was"),
    "seat": _l("Place"),
    "signed_up_at": _l("Signed up"),
    "source": _l("Cause"),
    "transports": _l("Connections"),
    "is_backed_up": _l("Backed up"),
}
