"""Other places' text and HTML become Markdown that this forum shows as it was, with nothing lost."""

import pytest

from bench.markdown import escaped, from_html
from forum.core.markup import render

SITE = "https://example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "rm *.deb *.rpm",
        "_don't_ set gid=1000",
        "mixer_applet2 in /etc/apt_conf",
        "ln -s /usr/<plugin> <b>here</b> <http://example.org>",
        "``missing'' instead of `using`",
        "[x]: http://example.org/not-a-definition",
        "see [1] and [ ] and [^1]",
        "# mount /dev/hda1",
        "1. first",
        "12) twelfth",
        "- dash",
        "+",
        "> quoted",
        "---",
        "===",
        "~~~ and ~~struck~~",
        "C:\\new\\*",
        "&amp; &copy; &#65; AT&T",
        "bug #1234 is not post #12",
        "http://example.org/a_b_c*d and www.example.org/~me",
        "他说：*真的*？#1",
        "a\n- b\n1. c\n    d",
    ],
)
def test_plain_text_reads_as_it_was_typed(typed: str):
    shown = render(escaped(typed))
    assert "".join(shown.text.split()) == "".join(typed.split())
    assert not shown.post_refs
    assert not {tag for tag in ("<em", "<h", "<li", "<blockquote", "<code", "<del") if tag in shown.html}


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>one\ntwo</p>\n<p>three</p>", "one\ntwo\n\nthree"),
        ("<p><strong>bold </strong>and <em>soft</em></p>", "**bold** and *soft*"),
        ("<p>a<br>b</p>", "a \\\nb"),
        ('<p><a href="http://example.com/a b">x</a></p>', "[x](<http://example.com/a b>)"),
        ('<p><a href="/questions/3">x</a> <a href="//example.com/">y</a></p>',
         "[x](https://example.org/questions/3) [y](https://example.com/)"),
        ('<p><img src="https://example.com/i.png" alt="an [i]"></p>', "![an \\[i\\]](https://example.com/i.png)"),
        ("<blockquote>\n<p>a</p>\n<p>b</p></blockquote>", "> a\n>\n> b"),
        ("<ul>\n<li>a\n<ul><li>b</li></ul></li>\n<li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ol start=3><li>a</li><li><p>b</p><p>c</p></li></ol>", "3. a\n4. b\n\n   c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n+ b"),
        ("<pre><code>x &lt; y\n```\n</code></pre>", "````\nx < y\n```\n````"),
        ("<p>a <code>b`c</code> <kbd>Ctrl</kbd></p>", "a ``b`c`` `Ctrl`"),
        ("<h2>A <em>b</em><br>c</h2><hr><p>d</p>", "## A *b* c\n\n***\n\nd"),
        ("<p>1. not a list</p><p>5 * 3 &lt; 16</p>", "1\\. not a list\n\n5 \\* 3 \\< 16"),
        ("<p>open <em>never closed</p>after", "open *never closed*\n\nafter"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, markdown: str):
    assert from_html(html, SITE) == markdown
