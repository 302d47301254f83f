"""What Markdown becomes in a post, and that nothing typed vanishes."""

import importlib
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forum.core import markup
from forum.core.markup import RENDER_VERSION, Rendered, TooDeep, plain, render
from forum.core.markup.highlight import HIGHLIGHT_LIMIT
from forum.core.markup.parser import DEEPEST
from forum.core.markup.sanitize import sanitize
from tests.core.html_trees import elements, words_of

REL = 'rel="nofollow ugc noopener"'


def html(source):
    return render(source).html.strip()


def test_a_paragraph():
    assert render("Hello *world*") == Rendered(html="<p>Hello <em>world</em></p>\n", text="Hello world")
    assert render("x").version == RENDER_VERSION


def test_headings_begin_below_those_of_the_page():
    assert html("# a\n\n## b\n\n###### c") == "<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>"


@pytest.mark.parametrize("typed", ["<b>bold</b>", "<script>alert(1)</script>", "<!-- note -->", "<div>\nblock\n</div>"])
def test_html_is_shown_as_typed(typed):
    assert words_of(html(typed)).split() == typed.split()


def test_strikethrough():
    assert html("~~gone~~") == "<p><s>gone</s></p>"


def test_a_table_scrolls_in_its_box_and_aligns_by_class():
    shown = html("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert '<div class="table-wrap" tabindex="0">' in shown
    assert '<td class="align-right">2</td>' in shown
    assert "style" not in shown


def test_cells_beyond_the_columns_are_kept():
    assert "<td>1 | 2 | <em>3</em></td>" in html("> | a |\n> |---|\n> | 1 | 2 | *3* |")


def test_a_task_is_a_character_and_no_form_field():
    assert html("- [x] done\n- [ ] open") == (
        '<ul class="contains-task-list">\n<li class="task-list-item">☑ done</li>\n'
        '<li class="task-list-item">☐ open</li>\n</ul>'
    )
    assert plain("- [x] done") == "☑ done"


def test_footnotes_are_numbered_in_the_order_of_their_use():
    shown = html("One[^b] two[^a] one[^b].\n\n[^a]: first\n[^b]: second")
    assert shown.count('<sup class="footnote-ref">[1]</sup>') == 2
    assert shown.index("second") < shown.index("first")
    assert "id=" not in shown


def test_a_footnote_without_reference_and_a_second_one_of_its_name_are_kept():
    assert words_of(html("x[^a]\n\n[^a]: one\n\n[^a]: two\n\n[^b]: three")).split() == ["x[1]", "one", "two", "three"]


def test_a_reference_without_footnote_is_text():
    assert html("see [^9]") == "<p>see [^9]</p>"


def test_known_code_is_coloured_by_class():
    shown = html("```Python\ndef f(): pass\n```")
    assert '<code class="language-python"><span class="k">def</span>' in shown
    assert words_of(shown) == "def f(): pass\n"


def test_unknown_code_is_plain_and_says_what_was_typed():
    assert html("```made-up <b>\n<x>\n```") == (
        '<p class="code-info">made-up &lt;b&gt;</p>\n<pre tabindex="0"><code>&lt;x&gt;\n</code></pre>'
    )


def test_words_beside_the_language_are_shown():
    assert '<p class="code-info">setup.py</p>' in html("```python setup.py\nx\n```")
    assert plain("```python setup.py\nx\n```") == "setup.py\nx"


def test_long_code_is_shown_without_colour():
    shown = html("```python\n" + "x = 1\n" * (HIGHLIGHT_LIMIT // 5) + "```")
    assert '<code class="language-python">x = 1\n' in shown


@pytest.mark.parametrize("language", ["python", "js", "html", "c++", "yaml", "bash", "json", "diff", "sql"])
def test_colouring_loses_nothing(language):
    code = '\n\n  <a href="x">\t\'y\' && z\n{"k": [1, 2]}\n+ a\n- b\nselect * from t\n\n\n'
    assert words_of(html(f"```{language}\n{code}```")) == code


def test_an_image_becomes_a_link_and_nothing_is_fetched():
    shown = render("![a *cat*](https://example.org/cat.png) ![](https://example.org/dog.png)")
    assert f'<a href="https://example.org/cat.png" class="image" {REL}>a cat</a>' in shown.html
    assert ">https://example.org/dog.png</a>" in shown.html
    assert not [one for one in elements(shown.html) if one.tag == "img"]
    assert shown.link_count == 2


def test_an_image_in_a_link_keeps_its_words_and_its_address():
    assert html("[![logo](https://a.example/l.png)](/threads/1)") == (
        '<p><a href="/threads/1">logo (https://a.example/l.png)</a></p>'
    )


def test_links_away_carry_rel_and_own_ones_do_not():
    shown = render("[a](https://example.org) [b](/threads/1) <bob@example.org>")
    assert f'<a href="https://example.org" {REL}>a</a>' in shown.html
    assert '<a href="/threads/1">b</a>' in shown.html
    assert shown.links == ("https://example.org", "mailto:bob@example.org")


@pytest.mark.parametrize(
    "typed",
    [
        "[x](javascript:alert(1))", "[x](//evil.example)", "[x](foo.html)", "[x](#top)", "<javascript:alert(1)>",
        "[x](https://bank.example@evil.example/)", "![x](data:image/png;base64,AAAA)", "[x]()", '[x](<> "title")',
    ],
)  # fmt: skip
def test_a_refused_link_stays_as_typed(typed):
    shown = render(typed)
    assert words_of(shown.html).strip() == typed
    assert "<a" not in shown.html
    assert shown.link_count == 0


def test_a_link_that_names_another_host_says_where_it_leads():
    assert '</a><span class="real-host"> (evil.example)</span>' in html("[bank.com](https://evil.example/)")
    assert "real-host" not in html("[my bank](https://evil.example/)")


def test_definitions_that_no_link_uses_are_shown():
    assert words_of(html('[used]\n\n[used]: /a\n[unused]: /b "Title"\n[used]: /c')).strip().split("\n") == [
        "used",
        '[unused]: /b "Title"',
        "[used]: /c",
    ]


@pytest.mark.parametrize(
    ("typed", "address", "after"),
    [
        ("见https://example.org/a，然后", "https://example.org/a", "，然后"),
        ("（https://example.org/a）", "https://example.org/a", "）"),
        ("《https://example.org/a》。", "https://example.org/a", "》。"),
        ("https://example.org然后", "https://example.org", "然后"),
        (
            "https://zh.example.org/wiki/网络文明 x",
            "https://zh.example.org/wiki/%E7%BD%91%E7%BB%9C%E6%96%87%E6%98%8E",
            " x",
        ),
        ("(https://example.org/a_(b)).", "https://example.org/a_(b)", ")."),
        ("**https://example.org/**", "https://example.org/", ""),
        ("https://example.org/a?b=c&d=e;", "https://example.org/a?b=c&amp;d=e", ";"),
        ("www.example.org/a, b", "http://www.example.org/a", ", b"),
        ("https://example.org/_a_/b_ c_", "https://example.org/_a_/b", "_ c_"),
        ("write to bob@example.org.", "mailto:bob@example.org", "."),
    ],
)
def test_plain_addresses_end_where_the_sentence_goes_on(typed, address, after):
    shown = html(typed)
    assert f'<a href="{address}" {REL}>' in shown
    assert f"</a>{after}" in shown


@pytest.mark.parametrize(
    "typed", ["`https://example.org`", "ftp://example.org", "https://", "example.org", "a@b", "xhttps://example.org"]
)
def test_what_is_no_plain_address(typed):
    assert "<a" not in html(typed)


def test_an_address_in_a_link_text_is_no_link_in_the_link():
    assert html("[https://a.example](/x)") == '<p><a href="/x">https://a.example</a></p>'


@pytest.mark.parametrize("entity", ["&#x202e;", "&#x200b;", "&#xfeff;", "&#x2066;", "&rlo;"])
def test_entities_bring_back_nothing_that_the_normaliser_takes_out(entity):
    shown = html(f'a{entity}b [x](/y "c{entity}d")')
    assert not set(shown) & set("\u202e\u200b\ufeff\u2066")


def test_entities_stack_no_marks():
    assert len(words_of(html("a" + "&#x316;" * 200))) < 12


def test_nesting_as_deep_as_anybody_needs_is_shown_whole():
    deep = ">" * (DEEPEST - 1) + " here\n"
    assert "here" in words_of(html(deep))
    assert "here" in words_of(html("- " * (DEEPEST // 2 - 1) + "here"))


@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_deeper_nesting_is_refused_and_never_dropped(mark):
    with pytest.raises(TooDeep) as refused:
        render(mark * (DEEPEST + 1) + "here")
    assert refused.value.limit == DEEPEST


@pytest.mark.parametrize("opening", ["![", "["])
def test_links_and_images_within_each_other_are_shown_whole(opening):
    shown = render(opening * 500 + "here" + "](/y)" * 500).html
    assert "here" in words_of(shown)
    assert shown.count("/y") == 500


def test_plain_text_has_one_block_a_line_and_keeps_code():
    assert plain("# Title\n\nOne *two*\nthree\n\n- a\n- b\n\n```\ncode\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |") == (
        "Title\nOne two\nthree\na\nb\ncode\nx\ty\t\n1\t2"
    )


def test_plain_text_leaves_out_attributed_quotes_only():
    assert plain("> **@alice** · #1\n>\n> hers\n\nmine\n\n> a line of law") == "mine\na line of law"


def test_a_lone_surrogate_does_no_harm():
    assert "a" in html("a \ud800 b")


MARKS = [
    *("*", "**", "_", "`", "```\n", "~~", "~~~ ", "# ", "> ", "- ", "1. ", "+ ", "    ", "\t", "\n", "\n\n", "  \n"),
    *(
        "[",
        "]",
        "(",
        ")",
        "](/x)",
        '](/x "',
        '")',
        "![",
        "!",
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "&",
        "&amp;",
        "\\",
        "\\\n",
    ),
    *(
        "|",
        "\n|",
        "|-|\n",
        "\n|-|-|\n",
        "---\n",
        "===\n",
        "@",
        "#",
        "#1",
        "- [x] ",
        "https://e.example/",
        "www.e.example",
    ),
    *(" ", " ", "，", "<b>", "</b>", "\n> **@alice** · #1\n>\n> "),
]
WORDS = [f"word{number}x" for number in range(12)] + ["文明", "讨论"]


@settings(derandomize=True, max_examples=1500, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(MARKS)), max_size=24))
@example(["|", "word1x", "|", "word2x", "\n|-|-|\n", "|", "word3x", "|", "word4x", "|", "word5x"])
@example(["```\n", "word1x", "``` word2x"])
def test_no_word_vanishes_and_the_output_is_stable(parts):
    shown = render("".join(parts)).html
    attributes = "".join(value for element in elements(shown) for value in element.attrib.values())
    missing = [part for part in parts if part in WORDS and part not in words_of(shown) + attributes]
    assert missing == []
    assert sanitize(shown) == shown


def test_what_the_room_offers_stays_what_it_is_whatever_is_loaded_later():
    for name in markup.__all__:
        offered = getattr(markup, name)
        importlib.import_module("forum.core.markup.pipeline")
        assert getattr(markup, name) is offered and not isinstance(offered, ModuleType), name


BLANK = (
    "&nbsp;", "&#8203;", "&#x200b;&zwnj;", "&shy;", "&#x202e;", "&Tab;&NewLine;", "&#10240;", "&#12644;", "` `", "#",
    "> ", "```\n```", "[](https://example.org)", '[](https://example.org "a>b")', "[&nbsp;](/posts/3)", "**&nbsp;**",
    "~~&emsp;~~ &nbsp;\n\n&nbsp;",
)  # fmt: skip
SEEN = (
    "x", "&amp;", "&nbsp;x", "`&nbsp;`", "---", "- ", "1.", "| |\n|-|", "- [ ]", "<!-- a -->", "\\",
    "![](https://example.org/a.png)", "[a]: https://example.org", "> **@bob** · #3\n> &nbsp;", "```\nx\n```",
)  # fmt: skip


@pytest.mark.parametrize("typed", BLANK)
def test_of_a_blank_text_nothing_is_seen(typed):
    assert render(typed).is_blank


@pytest.mark.parametrize("typed", SEEN)
def test_a_rule_a_list_or_a_table_is_seen_without_a_word(typed):
    assert not render(typed).is_blank
