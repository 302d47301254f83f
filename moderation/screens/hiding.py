"""The screener of what is hidden from the reader's eye, and of posts that call a crowd.

Characters without ink and those that turn the direction are taken out of every text before it comes here (core/text);
what is left to look for: piles of marks, walls of blanks, links behind next to nothing or behind another host's name.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from forum.core.markup.addresses import hidden_host
from forum.threads import screening
from forum.threads.screening import Draft, Verdict
from moderation.screens import findings
from moderation.screens.findings import Finding
from moderation.screens.repeats import is_watched, numbers

PILE = 3  # marks on one Latin, Greek, Cyrillic or Han letter; Vietnamese needs two
PILES_MOST = 4
WALL = 60  # blanks, or letters without ink, in a row
LINES = 15  # empty lines in a row
_BLANK = r"[ \t\u00a0\u2000-\u200a\u3000\u115f\u1160\u2800\u3164\uffa0]"
_WALL = re.compile(rf"{_BLANK}{{{WALL},}}|\n(?:{_BLANK}*\n){{{LINES},}}")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"[^\\W\\d_]{_MARK}{{{PILE},}}")
_LINK = re.compile(r'<a href="(https?://[^"]{1,2000})"[^>]*>(.{0,2000}?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]{0,500}>")


def look_for_hiding(draft: Draft) -> Verdict:
    """Hold what hides something, from people who have not earned much trust yet."""
    if not is_watched(draft.author):
        return screening.publish()
    found = next(_hidden(draft), None)
    return screening.hold("automatic", found) if found else screening.publish()


def look_for_crowds(draft: Draft) -> Verdict:
    """Hold a post that calls more than SCREEN_MENTIONS people by name."""
    called = len(draft.shown.mentions)
    if not is_watched(draft.author) or called <= numbers()["MENTIONS"]:
        return screening.publish()
    return screening.hold("mentions", findings.of_body("mentions", people=called))


def _hidden(draft: Draft) -> Iterator[Finding]:
    for text in filter(None, (draft.title, draft.body)):
        bare = unicodedata.normalize("NFD", text)
        piles = [] if text.isascii() else _PILE.findall(bare)
        if len(piles) > PILES_MOST:
            yield findings.of_body("marks", piles[0], piles=len(piles))
        if wall := _WALL.search(text):
            start = max(0, wall.start() - 40)
            yield findings.of_body("wall", before=text[start : wall.start()], after=text[wall.end() :][:40])
    for href, inner in _LINK.findall(draft.shown.html):
        address, words = html.unescape(href), html.unescape(_TAG.sub("", inner))
        if hidden_host(address, words) or not any(map(str.isalnum, words)):
            yield findings.of_body("hidden_link", words[:60], after=f" → {address[:120]}")
