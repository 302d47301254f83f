"""Text and HTML of other places as Markdown that this forum shows with nothing lost."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_ADDRESS = re.compile(r"(?:https?|ftp)://\S+|www\.\S+")
# What would become emphasis, code, strikethrough, a link, a footnote, an entity or a reference to a post.
_INLINE = re.compile(r"[\\`*~\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|#(?=\d)")
# What would begin a heading, quote, list, rule or underlined heading.
_LINE_START = re.compile(
    r"^[ \t]*(?:(?P<number>\d{1,9})(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|>|[-+](?:\s|$)|[-=][-=\s|:]*$))", re.M
)

VOID = {"br", "hr", "img"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = {"p", "blockquote", "ul", "ol", "li", "pre", "hr", "div"} | HEADINGS
MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "s": "~~", "del": "~~", "strike": "~~"}


def escaped(text: str) -> str:
    """Return Markdown that shows `text` as it was typed; addresses stay links, indents go."""
    parts, end = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_marked(text[end : address.start()]), address[0]]
        end = address.end()
    return line_starts("".join(parts) + _marked(text[end:]))


def line_starts(text: str) -> str:
    """Return the text without marks that would turn a line into another block."""
    return _LINE_START.sub(lambda found: f"{found['number'] or ''}\\", text)


def from_html(html: str, site: str) -> str:
    """Return the HTML of a post as Markdown; addresses without a host lead to `site` (scheme and host)."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    return "\n\n".join(_Writer(site).blocks(parser.root))


@dataclass
class _Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


class _Writer:
    def __init__(self, site: str) -> None:
        self._site = site

    def blocks(self, node: _Node) -> list[str]:
        """Return the node's blocks; text between them becomes a paragraph."""
        found: list[str] = []
        loose: list[_Node | str] = []
        before = ""
        for child in node.children:
            if isinstance(child, str) or child.tag not in BLOCKS:
                loose.append(child)
                continue
            if paragraph := self._paragraph(loose):
                found.append(paragraph)
                before = ""
            loose = []
            found += self._block(child, before)
            before = child.tag
        return [block for block in [*found, self._paragraph(loose)] if block]

    def _block(self, node: _Node, before: str) -> list[str]:
        if node.tag in ("ul", "ol"):
            return [self._list(node, other=before == node.tag)]
        if node.tag == "blockquote":
            return [_prefixed("\n\n".join(self.blocks(node)), "> ", "> ")]
        if node.tag in _WHOLE:
            return [_WHOLE[node.tag](node)]
        if node.tag in HEADINGS:
            words = self._inline(node.children).replace(" \\\n", " ").split()
            return [f"{'#' * int(node.tag[1])} {' '.join(words)}"]
        return self.blocks(node)

    def _list(self, node: _Node, *, other: bool) -> str:
        """Two lists beside each other would become one, so the second has other marks."""
        items = [child for child in node.children if isinstance(child, _Node)]
        number = int(node.attributes.get("start") or 1)
        lines = []
        for place, item in enumerate(items, number):
            mark = f"{place}{')' if other else '.'} " if node.tag == "ol" else "+ " if other else "- "
            inner = self.blocks(item)
            loose = any(isinstance(child, _Node) and child.tag == "p" for child in item.children)
            lines.append(_prefixed(("\n\n" if loose else "\n").join(inner), mark, " " * len(mark)))
        return "\n".join(lines)

    def _paragraph(self, children: list[_Node | str]) -> str:
        text = self._inline(children)
        lines = [line.strip(" \t") for line in text.split("\n")]
        text = re.sub(r"(\\\n)+\s*$", "", "\n".join(line for line in lines if line and line != chr(92)))
        return line_starts(text.strip())

    def _inline(self, children: list[_Node | str]) -> str:
        return "".join(self._words(child) for child in children)

    def _words(self, child: _Node | str) -> str:
        if isinstance(child, str):
            return _marked(re.sub(r"[ \t]+", " ", child.replace("\r", "")))
        inner = self._inline(child.children)
        if child.tag in MARKS and inner.strip():
            bare, mark = inner.strip(), MARKS[child.tag]
            return inner.replace(bare, f"{mark}{bare}{mark}", 1)
        if child.tag == "img":
            return f"![{_marked(child.attributes.get('alt', ''))}]{self._target(child.attributes.get('src', ''))}"
        if child.tag == "a" and child.attributes.get("href"):
            return f"[{inner}]{self._target(child.attributes['href'])}"
        return _SMALL[child.tag](child) if child.tag in _SMALL else inner

    def _target(self, address: str) -> str:
        if address.startswith("//"):
            address = f"https:{address}"
        elif address.startswith("/"):
            address = self._site + address
        return f"(<{address}>)" if re.search(r"[\s()]", address) else f"({address})"


def _marked(text: str) -> str:
    return _INLINE.sub(r"\\\g<0>", text)


def _text(node: _Node) -> str:
    return "".join(child if isinstance(child, str) else _text(child) for child in node.children)


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join(f"{first if i == 0 else rest}{line}".rstrip(" ") for i, line in enumerate(lines))


def _fenced(code: str) -> str:
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", code))])
    return f"{fence}\n{code.rstrip()}\n{fence}"


def _code(code: str) -> str:
    ticks = "`" * (1 + max([0, *(len(run) for run in re.findall("`+", code))]))
    pad = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{pad}{code}{pad}{ticks}" if code.strip() else ""


_WHOLE = {"pre": lambda node: _fenced(_text(node)), "hr": lambda _node: "***"}
_SMALL = {"br": lambda _node: " \\\n", "code": lambda node: _code(_text(node)), "kbd": lambda node: _code(_text(node))}
