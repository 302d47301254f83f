"""Words that try a page's width, and a thread of three pages, in the interchange format."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

SLUG = "words-that-try-the-page"
LONG_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".ljust(120, "z")
CHINESE_TITLE = "一二三四五六七八九十" * 4
CODE_LINE = "const answer = " + "deep(" * 56 + "42);"
TABLE = "\n".join(
    "| " + " | ".join(cells) + " |"
    for cells in (
        [f"column {number}" for number in range(8)],
        ["---"] * 8,
        [
            f"{word}数据与算法"
            for word in ("a", "bb", "ccc", "averagely", "平台", LONG_WORD[:63], "https://example.org/x", "9")
        ],
    )
)
ADDRESS = "https://example.org/" + "a" * 280
TEXTS = (
    TABLE,
    f"```js\n{CODE_LINE}\n```\n\nand `{CODE_LINE}` in a line",
    f"{LONG_WORD}\n\n# {LONG_WORD}\n\n**{LONG_WORD}**",
    f"{ADDRESS}\n\n[{ADDRESS}]({ADDRESS})",
    "\n".join("> " * depth + LONG_WORD for depth in range(1, 9)),
    "\n".join("  " * depth + f"- {CHINESE_TITLE}" for depth in range(6)),
    "的" * 3000 + "\n\n" + "word " * 3000,
    "e\u0301\u0302\u0303" * 200 + " \u202enot turned\u202c " + "👨‍👩‍👧‍👦" * 100,
    f"Footnote[^{LONG_WORD}]\n\n- [x] {LONG_WORD}\n\n[^{LONG_WORD}]: {LONG_WORD}",
)
TITLES = (CHINESE_TITLE, LONG_WORD, f"{LONG_WORD[:100]} {CHINESE_TITLE * 2}")
LONG_THREAD = "A thread of three pages"
WIDE_NAME = "w" * 40
_POSTS = 45  # more than two pages of the thread


def lines() -> str:
    """Return the file to import: somebody with the widest name, a sub-theme, threads with everything above."""
    number = count()
    start = datetime.now(UTC) - timedelta(days=3)
    name = {"en": LONG_WORD[:100], "zh": CHINESE_TITLE}

    def row(kind: str, identity: str, **fields: Any) -> dict[str, Any]:
        if kind != "subtheme":
            fields["created"] = (start + timedelta(minutes=next(number))).isoformat(timespec="seconds")
        return {"kind": kind, "id": f"hostile:{identity}", **fields}

    def written(thread: str, texts: tuple[str, ...]) -> list[dict[str, Any]]:
        whose = {"thread": f"hostile:{thread}", "author": "hostile:wide"}
        return [row("post", f"{thread}-{place}", body=text, **whose) for place, text in enumerate(texts)]

    threads = {f"t{place}": title for place, title in enumerate((*TITLES, LONG_THREAD))}
    rows = [
        row("person", "wide", username="m" * 30, name=WIDE_NAME, bio=f"{LONG_WORD}\n\n{TABLE}"),
        row("subtheme", "words", slug=SLUG, name=name),
    ]
    whose = {"subtheme": "hostile:words", "author": "hostile:wide"}
    rows += [row("thread", key, title=title, **whose) for key, title in threads.items()]
    for key, title in threads.items():
        is_long = title == LONG_THREAD
        rows += written(key, tuple(f"Post {place}." for place in range(_POSTS)) if is_long else TEXTS)
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in rows)
