"""The content of the yardstick: 300 people, 2,000 threads in seven sub-themes, 9,400 posts; the same in every run."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from forum.subthemes.seven import SEVEN

PEOPLE, THREADS, POSTS = 300, 2_000, 9_400  # what the peers were measured with (issue 6)
LONG = {1: 60, 2: 45, 3: 30}  # posts of the first threads; the others share the rest
THE_THREAD = "A thread of many pages that is read again and again"
COMMON = "network"  # every third post has this word: the one that is searched for
FIRST = datetime(2024, 1, 1, tzinfo=UTC)

EN = (
    "people forum reader answer expert question rumour source evidence platform privacy culture heritage",
    "village school parent child teacher doctor law duty right trust doubt kindness story photograph",
    "translation archive journal city train phone message picture video lecture report figure",
    "model data agreement reason example experience practice",
)
_ZH = ("网络 文明 内容 生态 法治 素养 数据 算法 平台 读者 专家 提问 回答 来源 证据 谣言 隐私 文化 遗产 乡村 学校",)

_WORDS, HAN_WORDS = (" ".join(lines).split() for lines in (EN, _ZH))


def write(file: Path) -> None:
    """Write the content in the interchange format (docs/interchange.md)."""
    with file.open("w", encoding="utf-8") as out:
        for line in lines():
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def lines(people: int = PEOPLE, threads: int = THREADS, posts: int = POSTS) -> Iterator[dict[str, Any]]:
    """Yield every line. Authors are drawn unevenly, as people write: a few of them most of it."""
    chance = random.Random(6)
    for number in range(1, people + 1):
        created = (FIRST - timedelta(days=30)).isoformat()
        yield {"kind": "person", "id": f"bench:u{number}", "username": f"reader_{number:03}", "created": created}
    for place in SEVEN:
        name = {"en": place.name_en, "zh": place.name_zh}
        yield {"kind": "subtheme", "id": f"bench:{place.slug}", "slug": place.slug, "name": name}
    sizes = _sizes(chance, threads, posts)
    for number in range(1, threads + 1):
        place = SEVEN[number % len(SEVEN)]
        yield {
            "kind": "thread",
            "id": f"bench:t{number}",
            "subtheme": f"bench:{place.slug}",
            "author": _author(chance, people),
            "title": THE_THREAD if number == 1 else f"{sentence(chance, 7)} {number}",
            "created": _moment(number, 0),
        }
    for number, size in enumerate(sizes, 1):
        for position in range(size):
            yield _post(chance, people, number, position)


def _sizes(chance: random.Random, threads: int, posts: int) -> list[int]:
    sizes = [min(LONG.get(number, 1), posts - threads + 1) for number in range(1, threads + 1)]
    while sum(sizes) < posts:
        sizes[len(LONG) + int((threads - len(LONG)) * chance.random() ** 3)] += 1  # a long tail of short ones
    return sizes


def _post(chance: random.Random, people: int, thread: int, place: int) -> dict[str, Any]:
    paragraphs = [" ".join(sentence(chance, 14) for _ in range(3)) for _ in range(chance.randint(1, 3))]
    if chance.random() < 1 / 3:
        paragraphs[0] += f" The {COMMON} says so."
    if chance.random() < 0.2:
        paragraphs.append("- " + "\n- ".join(sentence(chance, 5) for _ in range(3)))
    if chance.random() < 0.2:
        paragraphs.append(f"See https://example.org/{chance.randrange(10_000)} and **{sentence(chance, 3)}**")
    return {
        "kind": "post",
        "id": f"bench:t{thread}p{place}",
        "thread": f"bench:t{thread}",
        "author": _author(chance, people),
        "body": "\n\n".join(paragraphs),
        "created": _moment(thread, place),
    }


def _author(chance: random.Random, people: int) -> str:
    return f"bench:u{1 + int(people * chance.random() ** 3)}"


def _moment(thread: int, place: int) -> str:
    """The first threads are the latest, so that the lists show threads of some length."""
    return (FIRST + timedelta(minutes=10 * (THREADS - thread) + place)).isoformat()


def sentence(chance: random.Random, words: int) -> str:
    """Return a sentence of so many words, in one of two languages."""
    if chance.random() < 0.4:
        return "".join(chance.choice(HAN_WORDS) for _ in range(words)) + "。"
    return " ".join(chance.choice(_WORDS) for _ in range(words)).capitalize() + "."
