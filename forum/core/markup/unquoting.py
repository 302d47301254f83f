"""Taking the words of one post out of the quotes that others made of it with the quote button (see quoting)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from forum.core.markup.quoting import ATTRIBUTION, NEW_BLOCK

MARK = "[…]"  # where words of a quote are missing
_PREFIX = re.compile(r"(?:\s|>|[-*+]\s|\d{1,9}[.)]\s)*")  # of quotes and lists, at a line's beginning


def without_quotes(source: str, post_id: int) -> str:
    """Return Markdown without the words that it quotes of a post: MARK stands there, below whose they were.

    At any depth, also inside code. A quote that says not whose it is continues the one before it, which somebody has
    split up to answer between; so does a line right below, as Markdown has it. Doing it twice changes nothing more.
    """
    text = _Text(f"· #{post_id}")
    for line in source.split("\n"):
        text.read(line)
    return "\n".join(text.kept)


@dataclass
class _Text:
    """What is kept so far. Depths are counted in ">"; `cut` is the depth of the quote that is being cut, or 0."""

    its_sign: str
    kept: list[str] = field(default_factory=list)
    cut: int = 0
    latest: int = 0  # how deep the latest attributed quote is, if it is of the post; else 0
    was_blank: bool = True

    def read(self, line: str) -> None:
        """Keep the line, or not."""
        prefix = _PREFIX.match(line)[0]  # type: ignore[index]
        depth, words = prefix.count(">"), line[len(prefix) :].strip()
        is_attributed = bool(depth and ATTRIBUTION.fullmatch(words))
        if self.cut and self._belongs(line, depth, words) and not (is_attributed and depth == self.cut):
            self.was_blank = not words
            return
        if self.cut and words and depth <= self.cut and not is_attributed:
            self.kept.append(" ".join(">" * depth))  # else Markdown would take it for part of the quote
        self.was_blank, self.cut = not words, 0
        if is_attributed:
            self._begin(line, prefix, depth, is_its=words.endswith(self.its_sign))
        elif words and depth and 0 < self.latest <= depth:
            self.cut = depth
            self.kept.append(f"{prefix.rstrip()} {MARK}")
        else:
            self.kept.append(line)

    def _belongs(self, line: str, depth: int, words: str) -> bool:
        is_lazy = bool(words) and not self.was_blank and not NEW_BLOCK.match(line)
        return depth >= self.cut or is_lazy

    def _begin(self, line: str, prefix: str, depth: int, *, is_its: bool) -> None:
        self.kept.append(line)
        self.latest = depth if is_its else 0
        if is_its:
            self.cut = depth
            empty = re.sub(r"[^>\s]", " ", prefix).rstrip()
            self.kept += [empty, f"{empty} {MARK}"]
