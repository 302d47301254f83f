"""The outbox: administrators see what became of letters; what stands in them only where no mail server is set."""

import pytest
from sqlalchemy import delete, select

from forum.accounts.models import OneTimeLink
from forum.core.database import db, transaction
from forum.mail import actions, queries
from tests.plugins.mail import use_smtp


@pytest.fixture
def letter(app, alice):
    """A letter to alice that failed."""
    actions.owe("trial", "alice@example.org", "k", user_id=alice.id, facts={"by": "a secret <word>"})
    mail_id = queries.page(None).items[0].id
    actions.claim(mail_id)
    actions.failed(mail_id, "550 <b>nobody</b> of that name")
    return mail_id


def test_what_became_of_it(as_, carol, letter):
    for url in ("/admin/mail", f"/admin/mail/{letter}"):
        text = as_(carol).get(url).text
        assert "alice@example.org" in text
        assert "550 &lt;b&gt;nobody&lt;/b&gt; of that name" in text


def test_the_text_is_shown_only_without_a_mail_server(app, as_, carol, letter, mail_server, monkeypatch):
    assert "a secret &lt;word&gt;" in as_(carol).get(f"/admin/mail/{letter}").text
    assert "secret" not in as_(carol).get("/admin/mail").text
    use_smtp(app, mail_server.url, monkeypatch)
    assert "secret" not in as_(carol).get(f"/admin/mail/{letter}").text


def test_in_production_no_text_is_shown(app, as_, carol, letter, monkeypatch):
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    assert "secret" not in as_(carol).get(f"/admin/mail/{letter}").text


def test_reading_makes_no_link_that_works(as_, carol, client, alice, work):
    """A letter that went out and whose link is gone gets no new one by being read."""
    client.send("/forgot", username="alice")
    work()
    mail = queries.page(None).items[0]
    assert (mail.template, mail.state) == ("reset", "sent")
    address = f"/admin/mail/{mail.id}"
    assert "/reset/" in as_(carol).get(address).text
    with transaction() as session:
        session.execute(delete(OneTimeLink))
    assert "/reset/" not in as_(carol).get(address).text
    assert db.session.scalar(select(OneTimeLink.id)) is None


def test_a_letter_that_can_not_be_written_any_more(as_, carol, letter, monkeypatch):
    from forum.mail.letters import LETTERS, Letter

    monkeypatch.setitem(LETTERS, "trial", Letter("x", extra=lambda mail: 1 / 0))
    answer = as_(carol).get(f"/admin/mail/{letter}")
    assert answer.status_code == 200
    assert "can&#39;t be written" in answer.text or "can't be written" in answer.text


def test_trying_again(as_, carol, letter, with_smtp, work):
    browser = as_(carol)
    assert browser.send(f"/admin/mail/{letter}/retry").status_code == 303
    work()
    assert with_smtp.recipients == ["alice@example.org"]
    page = browser.send(f"/admin/mail/{letter}/retry", follow_redirects=True)
    assert page.status_code == 303
    work()
    assert len(with_smtp.letters) == 1


def test_a_test_letter_comes_to_who_asks_in_their_language(as_, carol, with_smtp, work):
    browser = as_(carol)
    browser.set_cookie("language", "zh_Hans")
    assert browser.send("/admin/mail/test").status_code == 303
    work()
    assert with_smtp.recipients == ["carol@example.org"]
    assert queries.page(None).items[0].language == "zh_Hans"


def test_pages_go_on_by_key(as_, carol, alice):
    for number in range(45):
        actions.owe("trial", f"reader{number}@example.org", f"k{number}", user_id=alice.id)
    browser, url, seen = as_(carol), "/admin/mail", []
    for _ in range(3):
        text = browser.get(url).text
        seen += [number for number in range(45) if f"reader{number}@" in text]
        url = "/admin/mail?before=" + text.rpartition("/admin/mail?before=")[2].partition('"')[0]
    assert sorted(seen) == list(range(45))


@pytest.mark.parametrize("before", ["x", "0", "-1", "99999999999999999999", "²"])
def test_odd_cursors(as_, carol, before):
    assert as_(carol).get("/admin/mail", query_string={"before": before}).status_code == 200
