"""Nothing off the allow-list gets through, by Markdown or as HTML, and a second cleaning changes nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.core.markup import RenderError, render
from forum.core.markup.addresses import hidden_host, is_allowed
from forum.core.markup.sanitize import sanitize
from tests.core.allow_list import offences
from tests.core.corpora import corpus
from tests.core.html_trees import elements, words_of

SAMPLES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="javascript:123">x</a>',
    '<a href="jAvA&#x0a;script:alert(1)">x</a>',
    '<a href="&#1;javascript:alert(1)">x</a>',
    '<a href="//evil.example">x</a>',
    '<a href="/\\evil.example">x</a>',
    '<a href="http:evil.example">x</a>',
    '<a href="https://bank.example@evil.example/">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a id="csrf_token" name="body" class="btn admin" href="/x">x</a>',
    '<p style="position:fixed" onclick="alert(1)">x</p>',
    '<div tabindex="5" class="table-wrap moderator">x</div>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><input name=action><button formaction=javascript:alert(1)>go</button></form>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script>-->",
    "<base href=//evil.example><link rel=stylesheet href=//evil.example/x.css><meta http-equiv=refresh content=0>",
    "<b",
    "</p></div></article><h1>out</h1>",
    "[x](javascript:alert(1)) <javascript:alert(1)> ![x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1)) [y](java\tscript:alert(1)) [z](<java\nscript:alert(1)>)",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](/y "\\"onmouseover=alert(1)")',
    '```"><script>alert(1)</script>\ncode\n```',
    "[<script>](/x)[^1]\n\n[^1]: <script>alert(1)</script>",
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_own_samples_as_markdown_and_as_html(sample):
    assert offences(render(sample).html) == []
    assert offences(sanitize(sample)) == []
    assert sanitize(sanitize(sample)) == sanitize(sample)


def test_the_check_itself_sees_an_offence():
    assert offences('<p id="x"><a href="javascript:1" class="btn">x</a><script></script><a href="http://x.org">') == [
        "p id",
        "address javascript:1",
        "no rel javascript:1",
        "class btn",
        "element script",
        "no rel http://x.org",
    ]


@pytest.mark.corpora
def test_every_open_vector_as_markdown():
    offenders = []
    for vector in corpus("xss-vectors/xss-open.json"):
        try:
            html = render(vector["payload"]).html
        except RenderError:
            continue
        if offences(html) or sanitize(html) != html:
            offenders.append((vector["id"], html))
    assert offenders == []


@pytest.mark.corpora
def test_every_open_vector_as_html():
    offenders = []
    for vector in corpus("xss-vectors/xss-open.json"):
        html = sanitize(vector["payload"].encode(errors="replace").decode())
        if offences(html) or sanitize(html) != html:
            offenders.append((vector["id"], html))
    assert offenders == []


def test_what_is_allowed_stays_as_it_is():
    html = (
        '<h3>Title</h3>\n<p><a href="/people/alice" class="mention">@alice</a> <em>said</em> <code>x</code></p>\n'
        '<div class="table-wrap" tabindex="0">\n<table>\n<tbody>\n<tr>\n<td class="align-right">1</td>\n</tr>\n'
        '</tbody>\n</table>\n</div>\n<ol start="3">\n<li>x</li>\n</ol>\n'
        '<pre tabindex="0"><code class="language-python"><span class="k">def</span>\n</code></pre>'
    )
    assert sanitize(html) == html


def test_a_link_away_gets_its_rel_and_an_own_link_loses_it():
    assert 'rel="nofollow ugc noopener"' in sanitize('<a href="https://example.org/" rel="opener">x</a>')
    assert "rel" not in sanitize('<a href="/threads/1" rel="nofollow ugc noopener">x</a>')


def test_a_tag_off_the_list_is_shown_as_text():
    assert words_of(sanitize("<u>under</u>")) == "<u>under</u>"


TAG_SOUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<a href='/x'>", "<a href=javascript:1>", "</a>"),
            *("<pre>", "\n", "<code>", "</code>", "<svg>", "<math>", "<style>", "</style>", "<!--", "-->", "<![CDATA["),
            *("<li>", "<ul>", "</ul>", "<h3>", "<br>", "<hr/>", "<script>", "<title>", "<textarea>", "<noscript>"),
            *("&amp;", "&lt;b&gt;", "&nbsp;", "&", "&#0;", '"', "'", "<", ">", "x", " ", "文", "<em>", "</em>"),
            *("<div class=table-wrap tabindex=0>", "</div>", "<ol start=7>", "<a href='http://a.b/?x=1&y=&lt;'>"),
        ]
    ),
    max_size=14,
).map("".join)


@settings(derandomize=True, max_examples=500, deadline=None)
@given(TAG_SOUP)
def test_tag_soup_is_clean_after_one_pass_and_the_same_after_two(soup):
    once = sanitize(soup)
    assert offences(once) == []
    assert sanitize(once) == once


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org", "HTTPS://example.org:8080/a?b#c", "https://xn--fiq228c.com/", "mailto:bob@example.org",
        "/threads/1", "/", "https://[::1]/x", "https://example.org./",
    ],
)  # fmt: skip
def test_addresses_that_a_link_may_have(address):
    assert is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "javascript:123", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x",
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
        "https:/evil.example", "https:///evil.example", "http://bank.example@evil.example", "http://a:b@evil.example",
        "java\x00script:1", "java\tscript:1", " javascript:1", "\x01javascript:1", "/x\ny", "https://ex ample.org",
        "https://example.org\\@evil.example", "ftp://example.org", "foo", "#top", "?q=1", "", "mailto:", "mailto:bob",
        "https://exa%6dple.org", "https://пример.org", "tel:1", "/\u202ex", "https://a.b:port/",
    ],
)  # fmt: skip
def test_addresses_that_a_link_may_not_have(address):
    assert not is_allowed(address)


@pytest.mark.parametrize(
    ("words", "address", "host"),
    [
        ("bank.com", "https://evil.example/", "evil.example"),
        ("https://bank.com/login", "https://bank.com.evil.example/login", "bank.com.evil.example"),
        ("ｂａｎｋ．ｃｏｍ", "https://evil.example/", "evil.example"),
        ("bank。com", "https://evil.example/", "evil.example"),
        ("https://аррӏе.com", "https://xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("中文.com", "https://xn--fiq228c.com", ""),
        ("bank.com", "https://www.bank.com/x", ""),
        ("https://bank.com/a/b.html?c=d.org", "https://bank.com/", ""),
        ("my bank", "https://evil.example/", ""),
        ("v1.2 of it", "https://evil.example/", ""),
        ("bank.com", "/threads/1", ""),
    ],
)
def test_a_host_that_the_words_hide_is_named(words, address, host):
    assert hidden_host(address, words) == host


def test_no_post_carries_an_id():
    source = "# Title\n\nNote[^a]\n\n[^a]: it\n\n- [x] task\n\n| a |\n|---|\n| b |"
    assert not any({"id", "name"} & set(element.attrib) for element in elements(render(source).html))
