"""A letter says the same in HTML and in plain text, in its reader's language, and nothing in it can become a header."""

import html5lib
import pytest
from flask_babel import lazy_gettext as _l

from forum.mail import unsubscribing
from forum.mail.composing import envelope_address, message_id, message_of, unsubscribe_url, words_of
from forum.mail.letters import KINDS, LETTERS, Letter
from forum.mail.wrapping import WIDTH, columns, wrapped
from tests.plugins.mail import use_smtp
from tests.servers.smtp import MailServer


@pytest.fixture
def sent(with_smtp, owe_to, work):
    """`sent(alice, …)`: the letter as the mail server got it."""

    def send(person, **options):
        owe_to(person, **options)
        work()
        return with_smtp.letters[-1]

    return send


def parts(letter):
    return (letter.get_body(("plain",)).get_content(), letter.get_body(("html",)).get_content())


def test_both_forms_have_the_same_words_and_the_link(sent, alice):
    plain, page = parts(sent(alice))
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    words = {word.strip(":-,·") for word in plain.split()} - {""}
    shown = " ".join(tree.find("body").itertext())
    hrefs = [a.get("href") for a in tree.iter("a")]
    for word in words:
        assert word in shown or word in hrefs, word
    for word in shown.split():
        assert word.strip(":-,·") in plain, word
    assert "http://127.0.0.1:8000/admin/mail" in plain
    assert "http://127.0.0.1:8000/admin/mail" in hrefs


def test_words_of_people_are_words_in_both(sent, alice):
    plain, page = parts(sent(alice, facts={"by": "<script>alert(1)</script> &lt; &amp;"}))
    assert "<script>alert(1)</script> &lt; &amp;" in plain
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt; &amp;amp;" in page


def test_the_html_fetches_nothing_and_runs_nothing(sent, alice):
    tree = html5lib.parse(parts(sent(alice, kind="trying"))[1], namespaceHTMLElements=False)
    for element in tree.iter():
        assert element.tag not in ("img", "link", "script", "iframe", "object", "form", "base")
        assert not {name for name in element.attrib if name in ("src", "style", "background") or name.startswith("on")}
    assert "url(" not in "".join(style.text or "" for style in tree.iter("style"))
    assert "@import" not in "".join(style.text or "" for style in tree.iter("style"))


def test_its_headers(sent, alice):
    letter = sent(alice)
    assert letter["To"] == "alice@example.org"
    assert letter["From"].addresses[0].addr_spec == "forum@forum.example"
    assert letter["From"].addresses[0].display_name == "Gathering"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime is not None
    assert letter["Message-ID"].endswith("@forum.example>")
    assert letter["List-Unsubscribe"] is None
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert all(part.get_content_charset() == "utf-8" for part in letter.iter_parts())


def test_a_kind_of_mail_can_be_turned_off_in_one_click(sent, alice):
    letter = sent(alice, kind="trying")
    url = f"http://127.0.0.1:8000/mail/unsubscribe/{unsubscribing.token(alice.id, 'trying')}"
    assert letter["List-Unsubscribe"] == f"<{url}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(url in form for form in parts(letter))


def test_long_addresses_in_headers_are_written_as_they_are(alice, owe_to, row):
    mail = row(owe_to(alice, kind="trying"))
    assert f"\r\nList-Unsubscribe: <{unsubscribe_url(mail)}>\r\n".encode() in message_of(mail).as_bytes()
    assert f"\r\nMessage-ID: {message_id(mail)}\r\n".encode() in message_of(mail).as_bytes()


def test_a_kind_that_is_gone_can_not_be_turned_off(client, alice, monkeypatch):
    token = unsubscribing.token(alice.id, "trying")
    assert client.get(f"/mail/unsubscribe/{token}").status_code == 200
    monkeypatch.delitem(KINDS, "trying")
    assert client.get(f"/mail/unsubscribe/{token}").status_code == 404
    assert client.post(f"/mail/unsubscribe/{token}").status_code == 404


def test_the_reader_s_language(sent, alice, monkeypatch):
    subject = _l("Administration")  # a word that is translated already
    monkeypatch.setitem(LETTERS, "trial", Letter(subject, extra=lambda mail: {"outbox_url": "http://127.0.0.1/"}))
    english, chinese = sent(alice, language="en"), sent(alice, language="zh_Hans")
    assert (english["Subject"], chinese["Subject"]) == ("Administration", "管理")
    assert chinese["From"].addresses[0].display_name == "汇聚"
    assert 'lang="zh-Hans"' in parts(chinese)[1]
    assert 'lang="en"' in parts(english)[1]


def test_a_long_chinese_subject_arrives_whole(sent, alice, monkeypatch):
    subject = "有人在您关注的讨论“" + "公共数据与算法的责任" * 12 + "”里回复了您"
    monkeypatch.setitem(LETTERS, "trial", Letter(lambda facts: subject, extra=lambda mail: {"outbox_url": "x"}))
    letter = sent(alice)
    assert letter["Subject"] == subject
    assert all(len(line) <= 78 for line in letter.as_bytes().split(b"\n\n")[0].splitlines() if b"Subject" in line)


@pytest.mark.parametrize(
    "words", ["Hello\r\nBcc: mallory@example.org", "Hello\nX: y", "Hello\x0bX: y", "Hello\u2028X: y"]
)
def test_a_subject_can_not_become_a_header(sent, alice, monkeypatch, with_smtp, words):
    monkeypatch.setitem(LETTERS, "trial", Letter(lambda facts: words, extra=lambda mail: {"outbox_url": "x"}))
    letter = sent(alice)
    assert letter["Bcc"] is None
    assert letter["X"] is None
    assert letter["Subject"] == " ".join(words.split())
    assert with_smtp.recipients == ["alice@example.org"]


@pytest.mark.parametrize(
    "address", ["alice@example.org\r\nBcc: mallory@example.org", "alice@example.org\nRCPT TO:<x@y.z>"]
)
def test_an_address_can_not_become_a_header(owe_to, with_smtp, work, row, address):
    mail_id = owe_to(address)
    work()
    assert row(mail_id).state == "failed"
    assert with_smtp.letters == []


def test_a_site_name_can_not_become_a_header(app, sent, alice, monkeypatch):
    monkeypatch.setitem(app.config, "SITE_NAME", 'Round "table",\r\nBcc: mallory@example.org')
    letter = sent(alice)
    assert letter["Bcc"] is None
    assert letter["From"].addresses[0].addr_spec == "forum@forum.example"


def test_an_address_of_an_international_domain(sent, with_smtp):
    sent("li@例子.example")
    assert with_smtp.recipients == ["li@xn--fsqu00a.example"]
    assert envelope_address("li@例子.example") == "li@xn--fsqu00a.example"


@pytest.mark.parametrize(("is_able", "state"), [(True, "sent"), (False, "failed")])
def test_letters_in_an_address_go_where_the_server_can(app, owe_to, work, row, monkeypatch, is_able, state):
    server = MailServer(enable_SMTPUTF8=is_able)
    try:
        use_smtp(app, server.url, monkeypatch)
        mail_id = owe_to("李@example.org")
        work()
        assert row(mail_id).state == state
        assert server.recipients == ["李@example.org"] * is_able
    finally:
        server.stop()


def test_lines_of_the_plain_text_fit_in_chinese_too(app, alice, owe_to, row):
    name = "数据治理、算法责任与公共讨论（第二期）：各位专家的回答，以及网民们的问题。" * 3
    words = words_of(row(owe_to(alice, facts={"by": name, "name": name}, language="zh_Hans")))
    lines = words.text.splitlines()
    assert max(columns(line) for line in lines) <= WIDTH
    assert name.replace(" ", "") in words.text.replace("\n", "")
    assert not [line for line in lines if line.startswith(tuple("，。、：）"))]
    assert "\n\n\n" not in words.text


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, ""),
        ("one two three", 8, "one two\nthree"),
        ("one two", 7, "one two"),
        ("http://example.org/a-long-address", 10, "http://example.org/a-long-address"),
        ("see http://example.org/a-long-address now", 10, "see\nhttp://example.org/a-long-address\nnow"),
        ("一二三四五六", 6, "一二三\n四五六"),
        ("一二三，四五六", 6, "一二\n三，四\n五六"),
        ("一二“三四”", 6, "一二\n“三四”"),
        ("say 一二 to them", 8, "say 一二\nto them"),
    ],
)
def test_wrapping(text, width, expected):
    assert wrapped(text, width) == expected
