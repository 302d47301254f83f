"""Texts in which Markdown has nothing to do: words, spaces and the punctuation of sentences, in paragraphs.

Most of what people write is such a text. It is recognised in one pass that never goes back, whatever its length, and
becomes HTML without parser, sanitizer or child process: nothing in it could be a mark, an address, a name or a tag.
tests/core/test_markup_prose.py compares each with what the parser and both sanitizers make of it, letter by letter.
"""

from __future__ import annotations

import re

from forum.core.markup.rendered import Rendered

_SENTENCE = ",;?!'\"()" + "%…–—“”‘’，。、；：？！（）《》〈〉「」『』·"
# A stop or a colon within a word may belong to an address; spaces at a line's end break it.
_WITHIN = rf"[^\W_]|[{re.escape(_SENTENCE)}]|[.:](?=[ \n]|\Z)| (?=[^ \n])|-(?=[^\n])"
# A line begins with a letter: no other one opens a list, a quotation, code or a heading.
_LINE = rf"[^\W\d_](?:{_WITHIN})*+"
_PROSE = re.compile(rf"{_LINE}(?:\n{{1,3}}{_LINE})*+")
_GAP = re.compile("\n\n+")


def rendered(source: str) -> Rendered | None:
    """Return what the renderer makes of the text, or None if it holds anything but prose."""
    if not _PROSE.fullmatch(source):
        return None
    paragraphs = _GAP.split(source)
    return Rendered("".join(f"<p>{words}</p>\n" for words in paragraphs), "\n".join(paragraphs))
