"""The programme of the samples: an edition whose days are around now, with items before, at and after this hour."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from forum.core.database import now
from forum.core.i18n import zone
from forum.programme import actions, naming, seats
from forum.programme.models import Edition, Item
from forum.samples.lines import FOLDER, Line
from forum.subthemes.queries import by_slug


def plan(samples: Any) -> None:
    """Make the edition and its items by the acts themselves; `samples` gives people and threads by their names."""
    words = json.loads((FOLDER / "programme.json").read_text("utf-8"))
    this_hour = _half_hour_before(now())
    edition = _edition(words["edition"], this_hour)
    by = samples.person(words["by"])
    for line in words["items"]:
        item = _item(samples, edition, line, this_hour, by)
        notes = {"recording_url": line.get("recording", ""), "moments": line.get("moments", "")}
        actions.write_notes(item.id, {"agenda": line.get("agenda", ""), "notes": line.get("notes", ""), **notes}, 1, by)
        for username in line.get("attend", ()):
            seats.sign_up(item.id, samples.person(username))
        if line.get("cancelled"):
            actions.cancel(item.id, line["cancelled"], by)


def _edition(words: Line, this_hour: datetime) -> Edition:
    today = this_hour.astimezone(zone(words["timezone"])).date()
    days = {"starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=2)}
    return actions.make_edition(words["slug"], {**words, **days}, by=None)


def _item(samples: Any, edition: Edition, line: Line, this_hour: datetime, by: Any) -> Item:
    begins = this_hour + timedelta(hours=line["at"])
    subtheme = by_slug(line["subtheme"])
    assert subtheme, "flask setup has made it"
    plain = {name: line[name] for name in ("kind", "lang", "title_en", "title_zh", "description_en", "description_zh")}
    fields = {
        **plain, "place": line["place"], "stream_url": line.get("stream", ""), "capacity": line.get("capacity"),
        "starts_at": begins, "ends_at": begins + timedelta(minutes=line["minutes"]),
        "speakers": naming.read(line["speakers"]),
    }  # fmt: skip
    return actions.add_item(edition.id, subtheme.id, fields, by, thread_id=samples.thread(line["thread"]).id)


def _half_hour_before(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)
