"""The quote button's convention: a block quote whose first paragraph says who wrote it, and in which post.

    > **@alice** · #12
    >
    > The words of alice.

Plain Markdown, the same in every language of the page; the name links to the person and the number to the post.
"""

import re

ATTRIBUTION = re.compile(r"\*\*@\S{1,64}\*\* · #[1-9][0-9]{0,17}")
QUOTE_LIMIT = 1_000

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTED = re.compile(r" {0,3}>")
NEW_BLOCK = re.compile(r" {0,3}(?:`{3}|~{3}|#{1,6} |[-*+] |\d{1,9}[.)] |[-*_]{3,}\s*$)")


def quote(author: str, post_id: int, source: str, limit: int = QUOTE_LIMIT) -> str:
    """Return Markdown that quotes a post, ready to write under: attributed, linked back, ending in an empty line.

    `source` is the post's own Markdown. Quotes inside it are dropped; past `limit` code points it is cut at a
    blank, with "…", and an open code fence is closed.
    """
    lines = [f"**@{author}** · #{post_id}"]
    words = _cut("\n".join(_own_lines(source)).strip("\n"), limit)
    if words:
        lines += ["", *words.split("\n")]
    return "".join(f"> {line}".rstrip() + "\n" for line in lines) + "\n"


def _own_lines(source: str) -> list[str]:
    """Return the lines that are not quotes of others; a ">" in fenced code is code."""
    own: list[str] = []
    fence, in_quote = "", False
    for line in source.split("\n"):
        fence = _fence_after(line, fence)
        if not fence and _QUOTED.match(line):
            in_quote = True
            continue
        # A line right below a quote belongs to it, as Markdown has it, unless another block begins.
        in_quote = in_quote and bool(line.strip()) and not NEW_BLOCK.match(line)
        if not in_quote and (fence or line.strip() or (own and own[-1])):
            own.append(line)
    return own


def _fence_after(line: str, fence: str) -> str:
    """Return the mark of the code fence that is open after this line, "" for none."""
    mark = _FENCE.match(line)
    if not mark:
        return fence
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _cut(words: str, limit: int) -> str:
    if len(words) <= limit:
        return words
    head = words[:limit]
    head = re.sub(r"\s\S*\Z", "", head) if re.search(r"\s\S{0,40}\Z", head) else head
    head = head.rstrip() + " …"
    fence = ""
    for line in head.split("\n"):
        fence = _fence_after(line, fence)
    return f"{head}\n{fence}" if fence else head
