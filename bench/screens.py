"""How often the screens that come with the forum would hold honest texts: read from a folder of .jsonl files.

Usage: python bench/screens.py FOLDER. A text is a string of 20 to 4,000 characters under a name of WORDS. Counted are
texts that hide something, and texts so alike to an earlier, different one that a new account's would be held. Watched
words are not part of it, since the forum comes with none. Nothing is ever refused or deleted by these screens.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from moderation.screens.hiding import _PILE, _WALL, PILES_MOST
from moderation.screens.sketches import share, sketch_of

MOST = 5_000  # texts of a file
WORDS = {"title", "body", "text", "question", "expert_answer", "posts", "messages", "turns", "answers"}  # not addresses


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value as JSON gives it."""
    if isinstance(value, str):
        if 20 <= len(value) <= 4_000:
            yield value
    elif isinstance(value, list | dict):
        parts = [part for name, part in value.items() if name in WORDS] if isinstance(value, dict) else value
        for part in parts:
            yield from texts(part)


def main(folder: Path) -> None:
    """Print one line for each file."""
    for path in sorted(folder.rglob("*.jsonl")):
        seen = list(dict.fromkeys(text for line in path.open(encoding="utf-8") for text in texts(json.loads(line))))[
            :MOST
        ]
        hidden = sum(bool(_WALL.search(text)) or len(_PILE.findall(text)) > PILES_MOST for text in seen)
        bands: dict[int, list[Any]] = defaultdict(list)
        alike = compared = 0
        for text in seen:
            like = sketch_of(text, 20)
            if like is None:
                continue
            compared += 1
            near = [one for band in like.bands for one in bands[band][-40:]]
            alike += any(one.exact == like.exact or share(one.sketch, like.sketch) >= 0.8 for one in near)
            for band in like.bands:
                bands[band].append(like)
        print(f"{path.name}: {len(seen)} texts, {hidden} hide something, {alike} of {compared} alike to another")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
