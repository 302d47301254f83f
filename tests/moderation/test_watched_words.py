"""Watched words: how they are compared, what they do to a text, who may set them, and that none can be slow."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.database import db, now
from forum.core.errors import Conflict, Forbidden, Refused
from forum.threads import actions, screening
from forum.threads.models import Post, Thread
from forum.threads.seals import asked_about
from moderation import decisions
from moderation.models import Case
from moderation.screens import actions as screens
from moderation.screens.actions import Wanted
from moderation.screens.compiled import Book
from moderation.screens.models import NudgeCount, Screen
from moderation.screens.prepared import Text
from moderation.screens.reading import BadWord, cleaned


@pytest.fixture
def watch(bob):
    """`watch("en", "hold", "casino")`: bob watches these words."""

    def add(kind, action, words, rule="spam", replacement=""):
        return screens.add(Wanted(kind, words, action, rule, replacement), bob)

    return add


def met(kind, words, text, links=()):
    book = Book.of([Screen(id=1, kind=kind, words="\n".join(cleaned(kind, words)), action="hold", rule="spam",
                           replacement="")])  # fmt: skip
    return [match.words for match in book.matches(Text(text), links)]


def case_of(post):
    db.session.rollback()
    return db.session.scalar(select(Case).where(Case.post_id == post.id))


@pytest.mark.parametrize(
    ("kind", "words", "text", "place"),
    [
        ("en", "idiot", "Two IDIOTS met.", "IDIOTS"),
        ("en", "viagra", "Cheap v1agra here", "v1agra"),
        ("en", "casino", "a саsino opens", "саsino"),  # Cyrillic с and а
        ("en", "viagra", "v i a g r a now", "v i a g r a"),
        ("en", "kill yourself", "go kill  yourselves", ""),
        ("en", "free money", "FREE\nmoney!", "FREE\nmoney"),
        ("en", "ass", "a classic assessment", ""),
        ("zh", "加微信", "请加微信", "加微信"),
        ("zh", "加微信", "請加 微.信 吧", "加 微.信"),
        ("zh", "加微信", "加\u200b微\u00ad信", "加\u200b微\u00ad信"),
        ("zh", "加微信", "以后再加。微信上说", ""),
        ("zh", "發票", "代开发票", "发票"),
        ("phrase", "buy now", "Ｂｕｙ　ｎｏｗ", "Ｂｕｙ　ｎｏｗ"),
        ("phrase", "buy now", "rebuy now", ""),
        ("pattern", "buy*now", "Buy it all NOW.", "Buy it all NOW"),
        ("pattern", "buy*now", "buy\nnow", ""),
        ("pattern", "buy*now", "buy " + "x" * 30 + " now", ""),
        ("pattern", "代*票", "代为开具发票", "代为开具发票"),
        ("pattern", "v?agra", "a viagra", "viagra"),
    ],
)
def test_words_are_met_as_their_kind_says(kind, words, text, place):
    assert met(kind, words, text) == ([place] if place else [])


@pytest.mark.parametrize(
    ("written", "there", "elsewhere"),
    [
        ("evil.example", "https://evil.example/x", "https://attacker-evil.example/"),
        ("EVIL.example.", "https://shop.evil.example", "https://evil.example.org/"),
        ("https://me@evil.example:8443/x", "http://evil.example:80/", "https://example/evil.example"),
        ("bücher.example", "https://xn--bcher-kva.example/", "https://bucher.example/"),
        ("evil.example", "mailto:a@evil.example", "mailto:evil.example@good.example"),
        ("10.0.0.1", "http://10.0.0.1/", "http://110.0.0.1/"),
    ],
)
def test_domains_are_compared_by_whole_labels(written, there, elsewhere):
    """SP-3: never by how they end (CVE-2026-33393)."""
    assert met("domain", written, "look", [there]) and not met("domain", written, "look", [elsewhere])


def test_a_domain_counts_unlinked_too_and_no_top_level_can_be_watched():
    assert met("domain", "evil.example", "写evil.example。吧") == ["evil.example"]
    assert met("domain", "evil.example", "https://evil.example/", ["https://evil.example/"]) == [
        "https://evil.example/"
    ]
    assert met("domain", "evil.example", "not-evil.example, evil.example.org") == []
    for line in ("com", "a b", "evil..example", ""):
        with pytest.raises(Refused):
            cleaned("domain", line)


@pytest.mark.parametrize("line", ["*", "?*?", "a*", "a*b*c*d*e*f*g"])
def test_a_pattern_that_meets_everything_can_not_be_saved(line):
    with pytest.raises(BadWord):
        cleaned("pattern", line)


def test_nothing_is_slow(app):
    """What makes expressions take years: each costs a fraction of a second with hostile words and patterns."""
    lines = {
        "pattern": "a*a*a*a*a*b\n(a+)+$ x\n*aa*aa*",
        "en": "aaaa b\nviagra",
        "zh": "加加加\n一一一二",
        "phrase": "a a a b",
    }
    book = Book.of([Screen(id=1, kind=kind, words=words, action="hold", rule="spam") for kind, words in lines.items()])
    hostile = ("a", "a ", "a.a", "加 ", "一", "1a|", "é\u0301", "a-", "a.b.", "\n", "buy*", "$")
    for text in (each * (32_000 // len(each)) for each in hostile):
        began = time.process_time()
        book.matches(Text(text), ["https://" + "a." * 500])
        assert time.process_time() - began < 1


def test_a_reply_costs_under_two_milliseconds_with_500_words(app):
    words = "\n".join(f"word{number}x" for number in range(200))
    han = "\n".join(f"某{chr(0x4E00 + number)}词{chr(0x5E00 + number)}" for number in range(200))
    book = Book.of([Screen(id=at, kind=kind, words=lines, action="hold", rule="spam") for at, (kind, lines) in
                    enumerate([("en", words), ("zh", han), ("pattern", words[:600].replace("x", "*x"))])])  # fmt: skip
    reply = "The feed shows people what they liked before, and nobody tells them why. 平台应当说明推荐的主要依据。" * 5
    best = min(_seconds(book, reply) for _ in range(20))
    assert best < 0.002


def _seconds(book, text):
    began = time.process_time()
    book.matches(Text(text))
    return time.process_time() - began


def test_hold_and_flag_open_a_case_that_says_where(as_, thread, alice, bob, watch):
    held_by, flagged_by = watch("en", "hold", "casino"), watch("zh", "flag", "代开发票", rule="illegal")
    held = actions.post_reply(thread, alice, "The best **ca**sino is ours, and not far from here.")
    assert (held.state, held.state_reason) == ("held", "words")
    case = case_of(held)
    assert (case.source, case.findings[0]["id"], case.findings[0]["match"]) == ("screening", held_by.id, "casino")
    page = as_(bob).get(f"/moderation/cases/{case.id}").text
    assert "The best <mark>casino</mark> is ours" in page and f"/moderation/screens/{held_by.id}" in page
    own = as_(alice).get(f"/threads/{thread.id}/{thread.slug}").text
    assert "looked at by a moderator before they appear" in own and "<mark>casino" not in own
    flagged = actions.post_reply(thread, alice, "这里可以代 开 发票。")
    case = case_of(flagged)
    assert flagged.is_visible and (case.source, case.is_open) == ("watched", True)
    assert "What was found" in as_(bob).get(f"/moderation/cases/{case.id}").text
    decisions.decide(case.id, bob, "remove", "It is against the law.", rule="illegal")
    assert db.session.get(Post, flagged.id, populate_existing=True).state == "removed"
    assert [db.session.get(Screen, one.id).hits for one in (held_by, flagged_by)] == [1, 1]
    assert case_of(actions.post_reply(thread, alice, "An honest word.")) is None


def test_refusing_names_the_rule_and_not_the_word(as_, thread, subtheme, alice, watch):
    screen = watch("phrase", "refuse", "win big", rule="spam")
    answer = as_(alice).send(f"/threads/{thread.id}/posts", body="You can WIN BIG here.")
    assert answer.status_code == 422 and "Spam or advertising" in answer.text
    assert "You can WIN BIG here." in answer.text, "what was typed stays"
    titled = as_(alice).send(f"/subthemes/{subtheme.slug}/threads/new", title="Win big", body="Hello there.")
    assert titled.status_code == 422 and db.session.query(Thread).count() == 1
    assert db.session.get(Screen, screen.id, populate_existing=True).hits == 2


def test_replaced_words_are_replaced_and_the_author_is_told(as_, thread, alice, watch):
    watch("en", "replace", "damn", replacement="d—")
    client = as_(alice)
    answer = client.send(f"/threads/{thread.id}/posts", body="A **damn** good, DAMN good text.")
    assert "Some words were replaced" in client.get(answer.location).text
    assert db.session.scalar(select(Post.body).order_by(Post.id.desc())) == "A **d—** good, d— good text."
    assert db.session.scalar(select(Screen.hits)) == 1


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # nothing of it depends on the engine
def test_of_words_within_others_the_longest_is_replaced(thread, alice, watch):
    watch("zh", "replace", "笨蛋", replacement="（一）")
    watch("zh", "replace", "蛋糕店\n大笨", replacement="（二）")
    watch("zh", "replace", "笨蛋大王", replacement="（三）")
    said = "你是笨蛋大王，他是笨蛋，我爱笨蛋糕店，大笨蛋糕店。"
    post = actions.post_reply(thread, alice, said)
    assert post.body == "你是（三），他是（一），我爱笨（二），（二）（二）。"


def test_everything_is_replaced_in_one_look(thread, alice, watch):
    """However often it stands there, in whatever script; a replacement is not looked at again."""
    watch("zh", "replace", "加微信\n微信", replacement="（略）")
    watch("phrase", "replace", "buy now", replacement="buy now, or later")
    watch("pattern", "replace", "win*big", replacement="w…")
    body = "加微信，加 微.信，微信！" * 12 + "Buy now! BUY  NOW! Win very big, win it big." * 60
    wanted = "（略），（略），（略）！" * 12 + "buy now, or later! buy now, or later! w…, w…." * 60
    assert actions.post_reply(thread, alice, body).body == wanted


def test_an_edit_answers_for_each_word_that_it_brings_in(thread, alice, watch):
    """A screen holds many words: that one of them stood there excuses no other one, also behind twenty of the first."""
    post = actions.post_reply(
        thread, alice, "An idiot, a cargo, 加微信, win it big and see.evil.example." + " idiot" * 30
    )
    watch("en", "hold", "idiot\nmoron")
    watch("pattern", "hold", "c*o")
    watch("zh", "refuse", "加微信\n代开发票")
    watch("domain", "hold", "evil.example")
    for more in ("What a moron.", "A casino.", "代开发票", "shop.evil.example"):
        with pytest.raises(Refused):
            actions.edit_post(post, alice, f"{post.body} {more}")
    assert actions.edit_post(post, alice, f"{post.body} Two IDIOTS, one Cargo, 加 微.信, see.evil.example.")


def test_an_edit_answers_for_what_it_brings_in(thread, alice, ann, bob, watch):
    post = actions.post_reply(thread, alice, "I went to a casino once.")
    watch("en", "hold", "casino")
    watch("en", "refuse", "lottery")
    assert actions.edit_post(post, alice, "I went to a casino twice."), "it stood there before"
    other = actions.post_reply(thread, alice, "Nothing.")
    for text, why in (("A casino!", "published post can’t wait"), ("A lottery!", "Spam")):
        with pytest.raises(Refused) as refusal:
            actions.edit_post(other, alice, text)
        assert why in str(refusal.value.message)
    opening = db.session.scalar(select(Post).where(Post.thread_id == thread.id).order_by(Post.id))
    with pytest.raises(Refused):
        actions.edit_post(opening, alice, opening.body, "To the casino")


def test_moderators_and_experts_are_never_held(thread, bob, dr_chen, alice, watch):
    watch("en", "hold", "casino")
    watch("en", "refuse", "lottery")
    for person in (bob, dr_chen):
        assert actions.post_reply(thread, person, "A casino is no lottery.").is_visible
    with pytest.raises(Refused):
        actions.post_reply(thread, alice, "A casino is no lottery.")


def test_an_allowed_domain_is_met_by_nothing(thread, person, watch):
    watch("domain", "hold", "example.org")
    watch("domain", "allow", "good.example.org")
    young = person("yara", created_at=now() - timedelta(hours=2))
    links = "[one](https://good.example.org/1) [two](https://good.example.org/2) [three](https://good.example.org/3)"
    assert actions.post_reply(thread, young, links).is_visible, "nor counted among many links"
    assert actions.post_reply(thread, young, "See https://bad.example.org/").state_reason == "words"


def test_the_question_is_asked_once_and_counted(as_, thread, alice, watch):
    watch("en", "nudge", "idiot", rule="abuse")
    client, url = as_(alice), f"/threads/{thread.id}/posts"
    asked = client.send(url, body="You idiot.")
    assert asked.status_code == 422 and "Would you say it like this" in asked.text and "Insults" in asked.text
    assert db.session.query(Post).count() == 3 and "You idiot." in asked.text
    token = asked.text.split('name="asked" type="hidden" value="')[1].split('"')[0]
    assert client.send(url, body="You utter idiot.", asked=token).status_code == 422, "another text is asked about anew"
    assert client.send(url, body="You idiot.", asked=token[:-2] + "xx").status_code == 422
    assert client.send(url, body="You idiot.", asked=token).status_code == 303
    assert client.send(url, body="You are mistaken.", asked=token).status_code == 303
    (count,) = db.session.scalars(select(NudgeCount)).all()
    assert (count.asked, count.insisted, count.reworded) == (2, 1, 1)


def test_the_token_of_another_person_counts_for_nothing(thread, alice, ann, watch):
    watch("zh", "nudge", "白痴", rule="abuse")
    with pytest.raises(screening.Asked) as asked:
        actions.post_reply(thread, alice, "你这个白 痴。")
    token = asked_about(asked.value.draft.author.id, "", asked.value.draft.body)
    with pytest.raises(screening.Asked):
        actions.post_reply(thread, ann, "你这个白 痴。", asked=token)
    assert actions.post_reply(thread, alice, "你这个白 痴。", asked=token).is_visible


def test_only_moderators_of_the_whole_forum_set_words_and_the_log_keeps_them(alice, bob, bea, watch, as_):
    with pytest.raises(Forbidden):
        screens.add(Wanted("en", "casino", "hold", "spam"), alice)
    screen = watch("en", "hold", "casino\nroulette")
    assert screens.change(screen.id, Wanted("en", "casino", "flag", "spam"), 2, bea) is True
    with pytest.raises(Conflict):
        screens.change(screen.id, Wanted("en", "roulette", "flag", "spam"), 2, bob)
    assert screens.switch(screen.id, bob, on=False) and not screens.switch(screen.id, bob, on=False)
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.act.like("screen.%")).order_by(AuditEntry.seq)).all()
    assert [one.act for one in acts] == ["screen.added", "screen.changed", "screen.switched_off"]
    assert all("casino" not in str(one.facts) for one in acts)
    assert "Watched words were changed" in as_(alice).get("/moderation/log").text


def test_it_is_tried_on_public_posts_before_it_is_saved(as_, thread, newbie, bob):
    actions.post_reply(thread, newbie, "A held feed that nobody sees.")
    client, url = as_(bob), "/moderation/screens/new"
    assert "Try it on the latest posts" in client.get(url).text
    fields = {"kind": "en", "action": "hold", "words": "feeds", "replacement": "", "rule": "spam"}
    unsaved = client.send(url, **fields, save="1")
    assert unsaved.status_code == 200 and db.session.query(Screen).count() == 0, "nobody has tried it"
    assert "1 of the latest 3 public posts" in unsaved.text and "<mark>feed</mark>" in unsaved.text
    assert "held feed" not in unsaved.text
    tried = unsaved.text.split('name="tried" type="hidden" value="')[1].split('"')[0]
    other = client.send(url, **{**fields, "words": "rule"}, tried=tried, save="1")
    assert other.status_code == 200 and db.session.query(Screen).count() == 0, "other words than were tried"
    assert client.send(url, **fields, tried=tried, save="1").status_code == 303
    assert "feeds" in client.get("/moderation/screens").text
    assert client.send(url, **{**fields, "kind": "pattern", "words": "*"}).status_code == 422
    assert client.send(url, **{**fields, "action": "allow"}).status_code == 422


def test_it_holds_for_every_process_at_once_and_costs_no_statement(thread, alice, bob, watch, as_):
    screen = watch("en", "hold", "casino")
    assert actions.post_reply(thread, alice, "A casino.").state == "held"
    screens.switch(screen.id, bob, on=False)
    assert actions.post_reply(thread, alice, "A casino again.").is_visible
    screens.switch(screen.id, bob, on=True)
    assert actions.post_reply(thread, alice, "A casino once more.").state == "held"
