"""`flask doctor` says when letters wait for too long, when some failed, and when production has no mail server."""

import pytest

from forum.mail.actions import claim, failed, owe, postponed
from forum.mail.queries import page


@pytest.fixture
def doctor(app):
    """`doctor()`: what the command says."""
    return lambda: app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.fixture
def letter(app):
    owe("trial", "alice@example.org", "k")
    return page(None).items[0].id


def test_a_letter_that_waits(doctor, letter, clock):
    claim(letter)
    postponed(letter, "the mail server can't be reached")
    clock.move(minutes=59)
    assert "mail: well" in doctor()
    clock.move(minutes=2)
    assert "1 letters have been owed for more than an hour" in doctor()


def test_a_letter_that_failed(doctor, letter, clock):
    failed(letter, "554 no")
    assert "1 letters of the last day failed" in doctor()
    clock.move(hours=25)
    assert "mail: well" in doctor()


def test_production_without_a_mail_server(app, doctor, monkeypatch):
    assert "SMTP_URL" not in doctor()
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    assert "SMTP_URL is not set" in doctor()
    monkeypatch.setitem(app.config, "MAIL_SERVER", object())
    assert "SMTP_URL is not set" not in doctor()
