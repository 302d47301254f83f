"""Fixtures: a mail server of the test, and the forum with it in its settings."""

from collections.abc import Iterator

import pytest
from flask import Flask

from forum import config
from tests.servers.smtp import MailServer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that takes everything until told otherwise; `mail_server.letters` is what came."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def with_smtp(app: Flask, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """The forum sends its mail to `mail_server`, which is returned."""
    use_smtp(app, mail_server.url, monkeypatch)
    return mail_server


def use_smtp(app: Flask, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `app` send its mail to the server at `url` for the rest of the test ("": it has none)."""
    monkeypatch.setitem(app.config, "SMTP_URL", url)
    monkeypatch.setitem(app.config, "MAIL_SERVER", config.mail_server(url, production=False))
    monkeypatch.setitem(app.config, "MAIL_FROM", "forum@forum.example")
    app.extensions["mail_line"].rests_until = 0.0
