"""The programme of the samples: an edition around now, with items before, at and after this hour, and a former one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from flask import Flask

from forum.accounts.models import User
from forum.asking import queries as sessions
from forum.core.database import now
from forum.core.i18n import zone
from forum.programme import actions, naming, seats
from forum.programme.models import Edition, Item
from forum.samples.lines import FOLDER, Line
from forum.samples.seeding import Samples, extra_steps
from forum.subthemes.queries import by_slug


def connect(_app: Flask) -> None:
    """Fill the plug of the samples behind the sessions, which some items show; once however many apps are made."""
    if plan not in extra_steps:
        extra_steps.append(plan)


def plan(samples: Samples) -> None:
    """Make the editions and their items by the acts themselves."""
    words = json.loads((FOLDER / "programme.json").read_text("utf-8"))
    this_hour = _half_hour_before(now())
    by = samples.person(words["by"])
    for each in words["editions"]:
        edition = _edition(each, this_hour)
        for line in each["items"]:
            _attended(samples, _item(samples, edition, line, this_hour, by), line, by)


def _attended(samples: Samples, item: Item, line: Line, by: User) -> None:
    """Let happen to the item what its line says: notes and recording, people who sign up, a cancellation."""
    notes = {name: line.get(name, "") for name in ("agenda", "notes", "moments")}
    actions.write_notes(item.id, {**notes, "recording_url": line.get("recording", "")}, 1, by)
    for username in line.get("attend", ()):
        seats.sign_up(item.id, samples.person(username))
    if line.get("cancelled"):
        actions.cancel(item.id, line["cancelled"], by)


def _edition(words: Line, this_hour: datetime) -> Edition:
    """Make an edition: the one that runs now, or one of so many days ago."""
    today = this_hour.astimezone(zone(words["timezone"])).date()
    ago = words.get("days_ago")
    first, last = (-1, 3) if ago is None else (-ago - 1, 1 - ago)
    days = {"starts_on": today + timedelta(days=first), "ends_on": today + timedelta(days=last)}
    names = {name: words[name] for name in ("name_en", "name_zh", "place_en", "place_zh", "timezone")}
    return actions.make_edition(words["slug"], {**names, **days}, by=None)


def _item(samples: Samples, edition: Edition, line: Line, this_hour: datetime, by: User) -> Item:
    begins = this_hour + timedelta(hours=line["at"])
    subtheme = by_slug(line["subtheme"])
    assert subtheme, "flask setup has made it"
    session = sessions.of_thread(samples.thread(line["session"]).id) if line.get("session") else None
    names = ("kind", "lang", "title_en", "title_zh", "description_en", "description_zh", "place_en", "place_zh")
    plain = {name: line[name] for name in names}
    fields = {
        **plain, "stream_url": line.get("stream", ""), "capacity": line.get("capacity"),
        "starts_at": begins, "ends_at": begins + timedelta(minutes=line["minutes"]), "speakers": (),
        "session_id": session.id if session else None,
    }  # fmt: skip
    thread_id = samples.thread(line["thread"]).id if line.get("thread") else None
    item = actions.add_item(edition.id, subtheme.id, fields, by, thread_id=thread_id)
    naming.name(item, naming.read(line["speakers"]))  # without a notice and a letter: it concerns nobody today
    return item


def _half_hour_before(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)
