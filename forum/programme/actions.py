"""Making and changing editions and items: the writers of the programme. The public log has all but notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.text import normalize_text
from forum.programme import naming, queries, seats, streams, waiting
from forum.programme.checks import check_days, check_edition, check_item, check_keeper, check_seen, free_thread
from forum.programme.models import Attendance, Edition, Item, News, Seat, next_reminder
from forum.subthemes.models import SubTheme
from forum.threads import writing

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TAKEN = frozenset({"new", "items", "mine"})  # other pages stand at these addresses
SLUG_LIMIT = 40
EDITION_FIELDS = ("name_en", "name_zh", "place_en", "place_zh", "starts_on", "ends_on", "timezone")
PLAIN_FIELDS = ("kind", "lang", "description_en", "description_zh", "stream_url", "session_id")
# what calendars have to be told of (RFC 5545, 3.8.7.4), and what people who attend are told of
IN_CALENDARS = ("title_en", "title_zh", "place_en", "place_zh", "starts_at", "ends_at")
TOLD = ("place_en", "place_zh", "starts_at", "ends_at")
# Together with the frame of the page they stay under 50 KB, also in Chinese (tests/programme/test_pages.py).
AGENDA_LIMIT, NOTES_LIMIT, DESCRIPTION_LIMIT, REASON_LIMIT = 1_500, 5_000, 1_500, 300


def make_edition(slug: str, fields: Mapping[str, Any], by: User | None) -> Edition:
    """Make an edition at the address `slug` and return it. `fields` are EDITION_FIELDS. Raises Refused, Conflict."""
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LIMIT or slug in TAKEN:
        raise Refused(_l("An address is made of small letters a-z and digits, joined by single hyphens."))
    with transaction() as session:
        check_edition(fields, by)
        if queries.edition(slug) is not None:
            raise Conflict(_l("Another edition has this address."))
        if (session.scalar(select(func.count()).select_from(Edition)) or 0) >= queries.EDITIONS_MOST:
            raise Refused(_l("There are too many editions already."))
        edition = Edition(slug=slug, **{name: fields[name] for name in EDITION_FIELDS})
        session.add(edition)
        session.flush()
        audit.record("programme.edition_made", by=by, target=f"edition:{edition.id}", facts={"edition": slug})
    return edition


def change_edition(edition_id: int, fields: Mapping[str, Any], seen: int, by: User) -> bool:
    """Change an edition and return whether anything changed; `seen` is the version that was edited (Conflict)."""
    with transaction() as session:
        check_edition(fields, by)
        edition = locked(Edition, edition_id)
        if edition is None:
            raise NotFound
        check_seen(edition.version, seen)
        changed = [name for name in EDITION_FIELDS if getattr(edition, name) != fields[name]]
        for name in changed:
            setattr(edition, name, fields[name])
        first, last = session.execute(
            select(func.min(Item.starts_at), func.max(Item.ends_at)).where(Item.edition_id == edition_id)
        ).one()
        if first is not None:
            check_days(edition, first, last)
        if not changed:
            return False
        edition.version += 1
        facts = {"edition": edition.slug, "changed": changed}
        audit.record("programme.edition_changed", by=by, target=f"edition:{edition.id}", facts=facts)
    return True


def add_item(
    edition_id: int, subtheme_id: int, fields: Mapping[str, Any], by: User, *, thread_id: int | None = None,
    form_token: str | None = None,
) -> Item:  # fmt: skip
    """Put an item into the programme and return it; the same form sent twice makes one.

    `fields`: kind, lang, title_…, description_…, place_…, stream_url, capacity (None: any number), starts_at, ends_at,
    session_id (of its ask-an-expert session, or None), and speakers (see `naming.read`).
    Raises Refused, Forbidden, NotFound.
    """
    with transaction() as session:
        if made := made_before(edition_id, by, form_token):
            return made
        edition, subtheme = locked(Edition, edition_id), session.get(SubTheme, subtheme_id)
        if edition is None or subtheme is None:
            raise NotFound
        check_item(edition, subtheme_id, fields, by)
        if (session.scalar(select(func.count()).where(Item.edition_id == edition_id)) or 0) >= queries.ITEMS_MOST:
            raise Refused(_l("This edition has too many items already."))
        item = Item(edition=edition, subtheme=subtheme, revised_at=now(), going_count=0, waiting_count=0, version=1)
        item.form_token = _key(edition_id, by, form_token)
        item.thread_id = free_thread(thread_id, subtheme_id)
        _set(item, fields)
        session.add(item)
        session.flush()
        naming.name_and_tell(item, fields["speakers"], by)
        _record("programme.item_added", item, by)
    return item


def made_before(edition_id: int, by: User, form_token: str | None) -> Item | None:
    """Return the item that the same form made when it was sent before, or None."""
    key = _key(edition_id, by, form_token)
    return db.session.scalar(select(Item).where(Item.form_token == key)) if key else None


def _key(edition_id: int, by: User, form_token: str | None) -> str | None:
    return writing.form_key(by.id, f"edition-{edition_id}", form_token)


def change_item(item_id: int, fields: Mapping[str, Any], seen: int, by: User, *, thread_id: int | None = None) -> bool:
    """Change an item and return whether anything changed; whoever attends is told of another time or place, once.

    `fields` as for `add_item`; with `thread_id` it is discussed there from now on. `seen` is the version that was
    edited: Conflict when it is not the present one. Nobody loses a place when there are fewer.
    """
    with transaction() as session:
        item = seats.locked_item(item_id)
        check_item(item.edition, item.subtheme_id, fields, by, item)
        check_seen(item.version, seen)
        changed = _set(item, fields)
        if thread_id not in (None, item.thread_id):
            item.thread_id = free_thread(thread_id, item.subtheme_id)
            changed.append("thread")
        if naming.name_and_tell(item, fields["speakers"], by):
            changed.append("speakers")
        if not changed:
            return False
        _revise(item, changed)
        session.flush()
        waiting.fill(item)
        _record("programme.item_changed", item, by, changed=changed)
    return True


def cancel(item_id: int, reason: str, by: User) -> bool:
    """Cancel an item for a reason that everybody reads; return False if it was before. Nobody is reminded any more."""
    reason = " ".join(reason.split())[:REASON_LIMIT]
    if not reason:
        raise Refused(_l("Please say why: everybody who wanted to come will read it."))
    with transaction() as session:
        item = seats.locked_item(item_id)
        check_keeper(item.subtheme_id, by)
        if item.is_cancelled:
            return False
        item.cancelled_at, item.cancel_reason = now(), reason
        _revise(item, [], News.CANCELLED)
        session.execute(update(Attendance).where(Attendance.item_id == item_id).values(remind_at=None))
        _record("programme.item_cancelled", item, by)
    return True


def reinstate(item_id: int, by: User) -> bool:
    """Let a cancelled item take place after all; return False if it does already."""
    with transaction():
        item = seats.locked_item(item_id)
        check_keeper(item.subtheme_id, by)
        if not item.is_cancelled:
            return False
        item.cancelled_at, item.cancel_reason = None, ""
        _revise(item, [], News.REINSTATED)
        plan_reminders(item)
        waiting.fill(item)
        _record("programme.item_reinstated", item, by)
    return True


def write_notes(item_id: int, fields: Mapping[str, str], seen: int, by: User) -> bool:
    """Keep agenda, notes, recording and its moments; return whether anything changed. Raises Refused, Conflict."""
    agenda = normalize_text(fields["agenda"], AGENDA_LIMIT, least=0)
    notes = normalize_text(fields["notes"], NOTES_LIMIT, least=0)
    recording, moments = streams.checked(fields["recording_url"]), streams.read_moments(fields["moments"])
    shown = [writing.rendered_if_any(words) for words in (agenda, notes)]
    agenda, notes = (words if each else "" for words, each in zip((agenda, notes), shown, strict=True))
    with transaction():
        item = seats.locked_item(item_id)
        check_keeper(item.subtheme_id, by)
        check_seen(item.version, seen)
        if (agenda, notes, recording, moments) == (item.agenda, item.notes, item.recording_url, item.moments):
            return False
        item.agenda, item.notes, item.recording_url, item.moments = agenda, notes, recording, moments
        item.agenda_html, item.notes_html = (each.html if each else "" for each in shown)
        item.render_version = max((each.version for each in shown if each), default=0)
        item.version += 1
    return True


def plan_reminders(item: Item) -> None:
    """Owe everybody who has a place the reminder that is next now, in one statement."""
    going = update(Attendance).where(Attendance.item_id == item.id, Attendance.seat == Seat.GOING)
    db.session.execute(going.values(remind_at=next_reminder(item.starts_at, now())))


def _set(item: Item, fields: Mapping[str, Any]) -> list[str]:
    """Write the fields that differ, and return their names."""
    changed = [name for name in (*PLAIN_FIELDS, *IN_CALENDARS, "capacity") if getattr(item, name) != fields[name]]
    for name in changed:
        setattr(item, name, fields[name])
    return changed


def _revise(item: Item, changed: list[str], news: News | None = None) -> None:
    """Count the version, the calendars' sequence where they show the change, and owe people the news of it."""
    item.version += 1
    item.revised_at = now()
    if news or set(changed) & set(IN_CALENDARS):
        item.sequence += 1
    if {"starts_at", "ends_at"} & set(changed) and not item.is_cancelled:
        plan_reminders(item)
    if news or (set(changed) & set(TOLD) and not item.is_cancelled and not item.is_over):
        item.news = news or News.MOVED


def _record(act: str, item: Item, by: User, **facts: Any) -> None:
    """The log keeps neither names nor titles: what stands there can never be taken back."""
    audit.record(act, by=by, scope=item.subtheme.slug, target=f"item:{item.id}", facts=facts)
