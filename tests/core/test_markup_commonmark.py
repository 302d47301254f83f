"""The examples of CommonMark and of GitHub's extensions, through our parser and renderer."""

import pytest
from markdown_it import MarkdownIt

from forum.core.markup.parser import markdown
from forum.core.markup.sanitize import sanitize
from tests.core.corpora import corpus
from tests.core.html_trees import outline, parsed

pytestmark = pytest.mark.corpora

# Where we answer otherwise on purpose, by number of the example.
UNUSED_DEFINITIONS_ARE_SHOWN = {206, 209, 210, 212, 319, 539, 540, 546, 547, 565, 567, 569, 573, 594}
EMPTY_LINKS_STAY_TEXT = {202, 487, 488, 489, 569}
PLAIN_ADDRESSES_ARE_LINKS = {604, 610, 613, 614}
POST_REFERENCES_ARE_LINKS = {64}
ON_PURPOSE = (
    UNUSED_DEFINITIONS_ARE_SHOWN | EMPTY_LINKS_STAY_TEXT | PLAIN_ADDRESSES_ARE_LINKS | POST_REFERENCES_ARE_LINKS
)
# 204: cells beyond the columns are kept; 628: ftp is no scheme of ours; 653: all HTML is text, not some.
GITHUB_ON_PURPOSE = {204, 628, 653}


def anywhere(address):
    return True


def test_commonmark_examples_without_html_and_images():
    examples = [one for one in corpus("commonmark/commonmark-spec.json") if not holds_html_or_image(one["markdown"])]
    differing = {one["example"] for one in examples if ours(one["markdown"]) != theirs(one["html"])}
    assert len(examples) > 530
    assert differing == ON_PURPOSE & {one["example"] for one in examples}
    assert len(differing) / len(examples) < 0.05


def test_github_examples():
    examples = corpus("commonmark/gfm-extensions.json")
    differing = {one["example"] for one in examples if ours(one["markdown"]) != theirs(one["html"])}
    assert differing == GITHUB_ON_PURPOSE


def test_the_sanitizer_changes_nothing_that_the_renderer_writes():
    for one in corpus("commonmark/commonmark-spec.json") + corpus("commonmark/gfm-extensions.json"):
        html = markdown().render(one["markdown"], {})
        assert outline(parsed(sanitize(html))) == outline(parsed(html)), one["example"]


def holds_html_or_image(source):
    tokens = MarkdownIt("commonmark").parse(source)
    inner = [child for token in tokens for child in token.children or ()]
    images = any(deep.type == "image" for deep in inner)
    return images or any(token.type in ("html_block", "html_inline") for token in [*tokens, *inner])


def ours(source):
    """Our tree without what we add to CommonMark's: rel, tabindex, the table's box, words beside a fence, colours."""
    root = parsed(markdown(anywhere).render(source, {}))
    for element in list(root.iter()):
        element.attrib.pop("rel", None)
        element.attrib.pop("tabindex", None)
        for child in list(element):
            if child.attrib.get("class") == "table-wrap":
                element[list(element).index(child)] = child[0]
            elif child.attrib.get("class") == "code-info":
                element.remove(child)
        if element.tag == "code":
            words = "".join(element.itertext())
            element.attrib.clear()
            element[:] = []
            element.text = words
    return outline(root)


def theirs(html):
    """Their tree with what we write otherwise: headings two levels down, s for del, ☑ for a check box, no language."""
    root = parsed(html)
    for element in root.iter():
        if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            element.tag = f"h{min(6, int(element.tag[1]) + 2)}"
        element.tag = "s" if element.tag == "del" else element.tag
        if element.tag == "code":
            element.attrib.clear()
        if "align" in element.attrib:
            element.set("class", f"align-{element.attrib.pop('align')}")
        if element.tag == "li" and len(element) and element[0].tag == "input":
            box = element[0]
            element.text = ("☑" if "checked" in box.attrib else "☐") + (box.tail or "")
            element.set("class", "task-list-item")
            element.remove(box)
    for element in root.iter("ul"):
        if any("class" in item.attrib for item in element):
            element.set("class", "contains-task-list")
    return outline(root)
