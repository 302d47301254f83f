"""Writing an archive: a zip with data.json for machines and index.html for people, in batches and with flat memory."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext
from markupsafe import Markup

from forum.accounts.models import User
from forum.core import i18n
from forum.core.database import now
from forum.leaving.parts import BATCH, KEPT, LABELS, OWN_WORDS, Item, Part, all_parts

FILES = 2  # every thing is written into both
Progress = Callable[[int], None]


def total(user_id: int) -> int:
    """Return how many things the two files of an archive will hold."""
    return FILES * sum(part.count(user_id) for part in all_parts())


def write(user: User, path: Path, progress: Progress) -> int:
    """Write the archive of `user` into a new file at `path`, readable by us alone, and return its size in bytes.

    `progress(done)` is called every BATCH things, outside of any transaction; what it raises ends the writing.
    """
    user_id, name, language = user.id, user.username, user.language if user.language in i18n.LANGUAGES else "en"
    count = _Count(progress)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("data.json", "w", force_zip64=True) as out:
            for text in _json(user_id, count):
                out.write(text.encode())
        with archive.open("index.html", "w", force_zip64=True) as out, force_locale(language):
            for text in _page(user_id, name, count):
                out.write(text.encode())
    return path.stat().st_size


class _Count:
    """Counts what was written and says so every BATCH things."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done = progress, 0

    def step(self) -> None:
        self._done += 1
        if self._done % BATCH == 0:
            self._progress(self._done)


def _json(user_id: int, count: _Count) -> Iterator[str]:
    """Yield {"made_at": …, "<part>": [things], …}, one thing a line."""
    head = {"format": "gathering-archive", "version": 1, "site": current_app.config["SITE_URL"], "made_at": now()}
    yield json.dumps(head, default=_plain, ensure_ascii=False)[:-1]
    for part in all_parts():
        yield f",\n{json.dumps(part.name)}: ["
        for number, item in enumerate(part.items(user_id)):
            yield (",\n" if number else "\n") + json.dumps(item.facts, default=_plain, ensure_ascii=False)
            count.step()
        yield "]"
    yield "}\n"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _page(user_id: int, name: str, count: _Count) -> Iterator[str]:
    """Yield the readable page piece by piece; the template asks for one thing after the other."""

    def items(part: Part) -> Iterator[Item]:
        for item in part.items(user_id):
            yield item
            count.step()

    chapters = [
        ("own", gettext("What you wrote"), _counted(OWN_WORDS, user_id)),
        ("kept", gettext("What is kept about you"), _counted(KEPT, user_id)),
    ]
    template = current_app.jinja_env.get_template("leaving/archive.html")
    yield from template.generate(
        chapters=chapters,
        items=items,
        name=name,
        label=lambda fact: LABELS.get(fact, fact),
        shown=_shown,
        local=_local,
        lang=i18n.page_lang(),
        site=i18n.site_name(),
        site_url=current_app.config["SITE_URL"],
        made_at=_shown(now()),
    )


def _counted(parts: list[Part], user_id: int) -> list[tuple[Part, int]]:
    return [(part, part.count(user_id)) for part in parts]


def _shown(value: Any) -> str:
    """Return a value in words; moments in UTC."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    return ", ".join(map(_shown, value)) if isinstance(value, list) else str(value)


def _local(html: str) -> Markup:
    """Return stored HTML, sanitized when it was written, with links into the forum made whole: the page is a file."""
    return Markup(html.replace('href="/', f'href="{current_app.config["SITE_URL"]}/'))  # noqa: S704
