"""People and posts named in a text, and quotes that say whose words they are."""

import pytest

from forum.core.markup import mentioned, quote, render
from tests.core.html_trees import words_of

PEOPLE = {"alice": "alice", "dr_chen": "dr_chen", "张三": "张三", "张三丰": "张三丰", "bob.k": "Bob.K"}


def html(source):
    return render(source, resolve_people=PEOPLE).html.strip()


def linked(source):
    return render(source, resolve_people=PEOPLE).mentions


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("@alice", ("alice",)),
        ("Hello @Alice, hi", ("alice",)),
        ("请@alice看一下", ("alice",)),
        ("@张三你好", ("张三",)),
        ("@张三丰你好", ("张三丰",)),
        ("@dr_chen: yes", ("dr_chen",)),
        ("@bob.k.", ("Bob.K",)),
        ("(@alice) **@dr_chen**", ("alice", "dr_chen")),
        ("@alice @alice", ("alice",)),
        ("@ａｌｉｃｅ", ()),
    ],
)
def test_people_who_exist_are_linked(source, names):
    assert linked(source) == names


@pytest.mark.parametrize(
    "source",
    [
        "@nobody", "@alicesmith", "@alice_2", "x@alice", "mail@alice.org", "`@alice`", "```\n@alice\n```", "\\@alice",
        "[@alice](/x)", "https://example.org/@alice", "@ alice", "@@alice",
    ],
)  # fmt: skip
def test_what_is_no_mention(source):
    assert linked(source) == ()


def test_a_mention_shows_the_name_as_its_owner_writes_it():
    assert html("@BOB.K") == '<p><a href="/people/Bob.K" class="mention">@Bob.K</a></p>'
    assert html("@张三") == '<p><a href="/people/%E5%BC%A0%E4%B8%89" class="mention">@张三</a></p>'


def test_a_mention_in_a_quote_is_linked_but_calls_nobody():
    shown = render("> @alice said\n\n@dr_chen", resolve_people=PEOPLE)
    assert 'href="/people/alice"' in shown.html
    assert shown.mentions == ("dr_chen",)


def test_the_resolver_is_asked_once_for_every_reading():
    asked = []

    def resolve(names):
        asked.append(names)
        return {"张三": "张三"}

    assert render("@张三你好 @Alice.", resolve_people=resolve).mentions == ("张三",)
    assert asked == [{"张三", "张三你", "张三你好", "alice"}]


def test_without_an_at_nobody_is_asked():
    def resolve(names):
        raise AssertionError

    assert render("no names", resolve_people=resolve).mentions == ()


def test_no_more_than_some_hundred_names_are_looked_up():
    assert len(mentioned(" ".join(f"@name{number}" for number in range(3000)))) == 500


@pytest.mark.parametrize("source", ["#123", "(#123)", "见#123楼", "#123, #123.", "**#123**"])
def test_a_post_reference_is_a_link(source):
    shown = render(source)
    assert '<a href="/posts/123" class="post-ref">#123</a>' in shown.html
    assert shown.post_refs == (123,)
    assert shown.link_count == 0


@pytest.mark.parametrize(
    "source",
    [
        "#123abc",
        "a#123",
        "##123",
        "`#123`",
        "https://example.org/#123",
        "#0",
        "#12345678901234567890",
        "&#123;",
        "\\#5",
    ],
)
def test_what_is_no_post_reference(source):
    assert render(source).post_refs == ()


def test_a_written_link_to_a_post_is_a_reference_too():
    assert render("[there](/posts/7) #8 [x](/posts/9/revisions)").post_refs == (7, 8)


def test_a_quote_says_whose_words_it_holds_and_links_back():
    text = quote("alice", 12, "First *line*\n\nsecond")
    assert text == "> **@alice** · #12\n>\n> First *line*\n>\n> second\n\n"
    shown = render(text + "My answer", resolve_people=PEOPLE)
    assert '<p class="attribution"><strong><a href="/people/alice"' in shown.html
    assert shown.post_refs == (12,)
    assert shown.mentions == ()
    assert shown.text == "My answer"


def test_a_quote_of_somebody_who_is_gone_keeps_its_name():
    assert "@ghost · #12" in words_of(html(quote("ghost", 12, "words")))


def test_quotes_within_the_quote_are_dropped():
    source = "> **@bob** · #1\n>\n> old words\nlazy words\n\nNew words\n\n> more old\n- item"
    assert quote("alice", 12, source) == "> **@alice** · #12\n>\n> New words\n>\n> - item\n\n"


def test_an_arrow_in_code_is_no_quote():
    assert "> > prompt" in quote("alice", 12, "```\n> prompt\n```")


def test_a_post_of_quotes_alone_gives_the_attribution():
    assert quote("alice", 12, "> only\n> quotes") == "> **@alice** · #12\n\n"


def test_a_long_quote_is_cut_between_words_and_its_code_is_closed():
    text = quote("alice", 12, "words " * 100, limit=50)
    assert text.endswith("words …\n\n")
    assert len(text) < 90
    assert quote("alice", 12, "```\n" + "code " * 100 + "\n```", limit=50).endswith("…\n> ```\n\n")
    assert quote("alice", 12, "文" * 100, limit=10).endswith("> " + "文" * 10 + " …\n\n")


def test_quoting_a_quote_never_grows_deeper():
    text = "words"
    for number in range(1, 9):
        text = quote("alice", number, text + " more")
    assert html(text).count("<blockquote>") == 1
