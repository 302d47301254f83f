"""Tokens of forms on kept pages, which neither Flask nor Flask-WTF has made: both take them, as long as their own."""

import re
import time
from inspect import iscoroutinefunction

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from forum.core import csrf
from forum.core.csrf import FormTokens
from forum.core.forms import Form

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


def held_in(app: Flask, cookie: str) -> dict[str, object]:
    with app.test_request_context(headers={"Cookie": f"form={cookie}"}):
        return dict(session)


def test_a_cookie_that_comes_again_is_as_good_as_the_first_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, header = FormTokens(app).begin()
    cookie, lifetime = cookie_in(header), app.permanent_session_lifetime.total_seconds()
    for _ in range(2):
        assert held_in(app, cookie) == {"csrf_token": secret}
        assert held_in(app, f"{cookie[:-3]}abc") == {} == held_in(app, "x" * 5000)
    present = time.time()
    monkeypatch.setattr(csrf.time, "time", lambda: present + lifetime + 5)
    assert held_in(app, cookie) == {}, "it has its end, though it was read before"
    monkeypatch.setattr(csrf.time, "time", lambda: present - 3600)
    assert held_in(app, cookie) == {}, "nor does one of tomorrow count"


def test_what_a_request_changes_is_not_what_the_next_one_reads(app: Flask) -> None:
    with app.test_request_context() as context:
        session["csrf_token"], session["words"] = "s" * 40, ["one"]
        answer = app.response_class()
        app.session_interface.save_session(app, context.session, answer)
    cookie = cookie_in(answer.headers["Set-Cookie"])
    for _ in range(2):
        with app.test_request_context(headers={"Cookie": f"form={cookie}"}):
            assert session["words"] == ["one"]
            session["words"].append("two")
            session["more"] = "of it"
        assert held_in(app, cookie) == {"csrf_token": "s" * 40, "words": ["one"]}


def test_a_key_that_is_former_no_more_reads_nothing(app: Flask) -> None:
    _secret, header = FormTokens(app).begin()
    cookie, key = cookie_in(header), app.config["SECRET_KEY"]
    assert held_in(app, cookie)
    app.config.update(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=[key])
    assert held_in(app, cookie)
    app.config.update(SECRET_KEY_FALLBACKS=[])
    assert held_in(app, cookie) == {}
    app.config.update(SECRET_KEY=key)
    assert held_in(app, cookie)


def test_the_token_of_a_form_is_made_when_the_form_is_drawn(app: Flask) -> None:
    class Plain(Form):
        pass

    with app.test_request_context():
        form = Plain()
        assert "csrf_token" not in session, "nobody needs one for a form that is not shown"
        drawn = re.search('value="([^"]+)"', str(form.csrf_token()))
        assert drawn and drawn[1] == generate_csrf() and session["csrf_token"]
        validate_csrf(drawn[1])


def test_no_function_of_ours_is_waited_for(app: Flask) -> None:
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    around = [function for hook in hooks for functions in hook.values() for function in functions]
    handlers = [one for codes in app.error_handler_spec.values() for kinds in codes.values() for one in kinds.values()]
    functions = [*app.view_functions.values(), *around, *handlers]
    assert len(functions) > 200 and not any(iscoroutinefunction(function) for function in functions)
