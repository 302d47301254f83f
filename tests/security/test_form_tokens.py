"""Tokens of forms on kept pages, which neither Flask nor Flask-WTF has made: both take them, as long as their own."""

import re
import time

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from forum.core import csrf
from forum.core.csrf import FormTokens

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def cookie_in(header: str) -> str:
    """The value of the cookie that this header sets."""
    found = re.match("form=([^;]+)", header)
    assert found
    return found[1]


def test_flask_takes_cookie_and_token(app: Flask) -> None:
    tokens = FormTokens(app)
    secret, header = tokens.begin()
    with app.test_request_context(headers={"Cookie": f"form={cookie_in(header)}"}):
        assert session["csrf_token"] == secret
        validate_csrf(tokens.token(secret))
        with pytest.raises(ValidationError):
            validate_csrf(tokens.token("f" * 40))


def test_the_cookie_is_set_as_flask_sets_it(app: Flask) -> None:
    with app.test_request_context() as context:
        generate_csrf()
        answer = app.response_class()
        app.session_interface.save_session(app, context.session, answer)
    theirs, ours = answer.headers["Set-Cookie"], FormTokens(app).begin()[1]
    assert ours.partition(";")[2] == theirs.partition(";")[2] != ""


def test_a_cookie_that_is_remembered_ends_like_any_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = FormTokens(app)
    secret, header = tokens.begin()
    cookie, lifetime = cookie_in(header), app.permanent_session_lifetime.total_seconds()
    assert tokens.secret_in(cookie) == tokens.secret_in(cookie) == secret
    present = time.time()
    monkeypatch.setattr(csrf.time, "time", lambda: present + lifetime - 5)
    assert tokens.secret_in(cookie) == secret
    monkeypatch.setattr(csrf.time, "time", lambda: present + lifetime + 5)
    assert tokens.secret_in(cookie) == ""


def test_a_cookie_that_is_not_ours_or_holds_more_is_never_taken_for_one(app: Flask) -> None:
    tokens = FormTokens(app)
    _secret, header = tokens.begin()
    cookie = cookie_in(header)
    for _ in range(2):
        assert tokens.secret_in(cookie[:-2]) == "" == tokens.secret_in("")
    with app.test_request_context() as context:
        session["csrf_token"], session["more"] = "a", "b"
        answer = app.response_class()
        app.session_interface.save_session(app, context.session, answer)
    for _ in range(2):
        assert tokens.secret_in(cookie_in(answer.headers["Set-Cookie"])) is None
