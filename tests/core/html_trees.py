"""HTML as a browser reads it, for comparing and for asking what is in it."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as Xml

import html5lib
from selectolax.lexbor import LexborHTMLParser

Element = Any


def parsed(html: str) -> Element:
    """Return the fragment's root as html5lib parses it."""
    return html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)


def whole_page(html: str) -> Xml.Element:
    """Return a page's root. Lexbor reads it by the same rules in a hundredth of html5lib's time."""
    found = LexborHTMLParser(html).root
    assert found is not None
    root = Xml.Element("page")
    waiting = [(found, root)]
    while waiting:
        node, place = waiting.pop()
        made = Xml.SubElement(place, str(node.tag), {name: value or "" for name, value in node.attributes.items()})
        waiting += [(child, made) for child in node.iter()]
    return root[0]


def elements(html: str) -> Iterator[Element]:
    """Yield every element and comment of a fragment."""
    return (element for element in parsed(html).iter() if element.tag != "DOCUMENT_FRAGMENT")


def words_of(html: str) -> str:
    """Return the text of a fragment."""
    return "".join(parsed(html).itertext())


def outline(element: Element) -> tuple[Any, ...]:
    """Return an element as nested tuples: name, sorted attributes, then text and children in order.

    Blanks between blocks don't count, as CommonMark's own comparison has it.
    """
    children: list[Any] = [element.text or ""]
    for child in element:
        children += [outline(child), child.tail or ""]
    kept = [_squeezed(part, element.tag) if isinstance(part, str) else part for part in children]
    return (element.tag, tuple(sorted(element.attrib.items())), *[part for part in kept if part])


def _squeezed(text: str, tag: str) -> str:
    if tag == "code":
        return text
    return re.sub(r"[ \t\n]+", " ", text).strip() if tag in BLOCKS else re.sub(r"[ \t\n]+", " ", text)


BLOCKS = frozenset(
    {
        *("DOCUMENT_FRAGMENT", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
)
