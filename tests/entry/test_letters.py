"""The letters of this room are written in both forms and languages, and say what to do."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts import owner_mail
from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.entry import resets
from forum.mail.composing import words_of
from forum.mail.models import Mail

CHANGES = ["authenticator_on", "authenticator_off", "recovery_new", "recovery_used", "passkey_added", "passkey_removed"]


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_every_letter(app: Flask, alice: User, language: str) -> None:
    with transaction():
        alice.language = language
        owner_mail.tell_of_new_device(alice, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        owner_mail.tell(alice, "password_changed")
        for what in CHANGES:
            owner_mail.tell(alice, "security_changed", what=what)
    resets.ask("alice", language)
    written = [words_of(mail) for mail in db.session.scalars(select(Mail).order_by(Mail.id)).all()]
    assert len(written) == 3 + len(CHANGES)
    assert len({letter.text for letter in written}) == len(written), "each says something of its own"
    for letter in written:
        for form in (letter.text, letter.html):
            assert "/reset/" in form or "/forgot" in form
            assert "Alice" in form and "%(" not in form and "{{" not in form
    assert "Firefox" in written[0].text and "/settings/sessions" in written[0].html
    assert "/reset/" in written[-1].text


def test_the_operator_can_take_a_lost_factor_away(app: Flask, alice: User, authenticator_app: Any) -> None:
    run = app.test_cli_runner()
    assert run.invoke(args=["people", "second-factor-off", "alice"]).exit_code == 1
    authenticator_app(alice)
    done = run.invoke(args=["people", "second-factor-off", "alice"])
    assert done.exit_code == 0, done.output
    db.session.rollback()
    mail = db.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert mail.facts["what"] == "authenticator_off"
