"""A letter is owed with what causes it: in the same transaction, once for its key."""

import pytest
from sqlalchemy import select

from forum.core import signals
from forum.core.database import db, transaction
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail


@pytest.fixture(autouse=True)
def _letter(monkeypatch):
    monkeypatch.setitem(LETTERS, "sample", Letter("Hello"))


def owed():
    db.session.rollback()
    return db.session.scalars(select(Mail).order_by(Mail.id)).all()


def test_it_is_owed_with_its_facts(alice):
    owe("sample", " alice@example.org ", "k", language="zh_Hans", user_id=alice.id, facts={"link": 7})
    mail = owed()[0]
    assert (mail.address, mail.state, mail.attempts, mail.language) == ("alice@example.org", "owed", 0, "zh_Hans")
    assert mail.facts == {"link": 7}


def test_it_is_owed_once_for_its_key(app):
    heard = []

    def listen(_sender, mail_id):
        heard.append(mail_id)

    with signals.mail_owed.connected_to(listen):
        owe("sample", "alice@example.org", "k")
        owe("sample", "ann@example.org", "k")
        owe("sample", "alice@example.org", "l")
    assert [mail.key for mail in owed()] == ["k", "l"]
    assert heard == [mail.id for mail in owed()]


def test_it_is_owed_only_if_its_cause_is_written(app):
    with pytest.raises(RuntimeError), transaction():
        owe("sample", "alice@example.org", "k")
        raise RuntimeError
    assert owed() == []


@pytest.mark.parametrize(
    ("template", "key", "kind"), [("none", "k", ""), ("sample", "k" * 121, ""), ("sample", "k", "none")]
)
def test_what_no_room_has_put_in_can_not_be_owed(app, template, key, kind):
    with pytest.raises(ValueError, match="can be owed"):
        owe(template, "alice@example.org", key, kind=kind)
    assert owed() == []


def test_links_in_letters_lead_to_the_site_whatever_host_was_asked(app, monkeypatch):
    monkeypatch.setitem(app.config, "SITE_URL", "https://forum.example.org")
    with app.test_request_context("/", base_url="http://evil.example"):
        assert link_to("threads.show", thread_id=7, slug="hello") == "https://forum.example.org/threads/7/hello"
