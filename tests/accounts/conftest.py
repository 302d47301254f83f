"""What the tests of accounts share: a second process of the same forum, and one that is served over https."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

import wsgi
from forum.core.database import db
from tests.plugins.application import Client

SAME = ("TESTING", "FORUM_INSTANCE", "SECRET_KEY", "JOBS", "SQLALCHEMY_DATABASE_URI")


@pytest.fixture
def another_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """`another_app(SITE_URL=…)`: one more process of the forum on the same database, with other settings."""
    made = []

    def make(**settings: Any) -> Flask:
        other = wsgi.create_app({**{name: app.config[name] for name in SAME}, **settings})
        other.test_client_class = Client
        made.append(other)
        return other

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()
