"""A form that was open while the key changed can still be sent if the former key is named; else it is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

import wsgi
from forum.core.database import db
from tests.people import PASSWORD
from tests.plugins.application import Client

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
NEXT = "n" * 40


@pytest.fixture
def restarted(app: Flask) -> Iterator[Callable[..., Client]]:
    """`restarted(browser, fallbacks)`: the same browser at the forum that was started again with the next key."""
    made: list[Flask] = []

    def restart(browser: Client, *fallbacks: str) -> Client:
        same = ("TESTING", "FORUM_INSTANCE", "JOBS", "SQLALCHEMY_DATABASE_URI", "RATELIMIT_ENABLED")
        settings = {name: app.config[name] for name in same}
        made.append(wsgi.create_app({**settings, "SECRET_KEY": NEXT}))
        made[-1].config["SECRET_KEY_FALLBACKS"] = list(fallbacks)
        made[-1].test_client_class = Client
        after = made[-1].test_client()
        assert isinstance(after, Client)
        for cookie in browser._cookies.values():  # type: ignore[attr-defined]
            after.set_cookie(cookie.key, cookie.value)
        return after

    yield restart
    for other in made:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()


def token_in(browser: Client, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def send(browser: Client, thread: Any, token: str) -> Any:
    return browser.post(f"/threads/{thread.id}/posts", data={"csrf_token": token, "body": "Typed *long* before."})


def test_a_form_of_the_former_key_is_taken(app: Flask, as_: Any, ann: Any, thread: Any, restarted: Any) -> None:
    browser = as_(ann)
    token = token_in(browser, f"/threads/{thread.id}/{thread.slug}")
    after = restarted(browser, "x" * 40, app.config["SECRET_KEY"])
    assert send(after, thread, token).status_code == 303
    fields = {"csrf_token": token_in(after, f"/threads/{thread.id}/{thread.slug}"), "body": "And *now*."}
    assert fields["csrf_token"] != token
    assert after.post(f"/preview?thread={thread.id}", data=fields).status_code == 200


def test_signing_in_too(app: Flask, client: Client, ann: Any, restarted: Any) -> None:
    fields = {"csrf_token": token_in(client, "/login"), "username": "ann", "password": PASSWORD}
    assert restarted(client, app.config["SECRET_KEY"]).post("/login", data=fields).status_code == 303


def test_without_the_former_key_it_is_refused_and_kept(as_: Any, ann: Any, thread: Any, restarted: Any) -> None:
    browser = as_(ann)
    token = token_in(browser, f"/threads/{thread.id}/{thread.slug}")
    for fallbacks in ((), ("x" * 40,)):
        after = restarted(browser, *fallbacks)
        after.set_cookie("language", "zh_Hans")
        answer = send(after, thread, token)
        assert answer.status_code == 400
        assert '<html lang="zh-Hans"' in answer.text and "Typed *long* before.</textarea>" in answer.text


def resigned(value: str, key: str, salt: str, digest: Any) -> str:
    """The same words, signed as a version before signed them, or as this one does."""
    options: dict[str, Any] = {"key_derivation": "hmac"} if salt == "cookie-session" else {}
    serializer = URLSafeTimedSerializer(key, salt=salt, signer_kwargs={**options, "digest_method": digest})
    return str(serializer.dumps(serializer.load_payload(base64_part(value))))


def base64_part(value: str) -> bytes:
    return value.rsplit(".", 2)[0].encode()


def test_tokens_and_cookies_are_signed_by_sha_256_and_former_ones_get_the_usual_answer(
    app: Flask, as_: Any, ann: Any, thread: Any
) -> None:
    key, path = str(app.config["SECRET_KEY"]), f"/threads/{thread.id}/{thread.slug}"
    browser = as_(ann)
    token, cookie = token_in(browser, path), browser.get_cookie("form").value
    for value in (token, cookie):
        assert len(value.rsplit(".", 1)[1]) == 43, "256 bits in base64"
    sha1 = {"token": resigned(token, key, "wtf-csrf-token", hashlib.sha1),
            "cookie": resigned(cookie, key, "cookie-session", hashlib.sha1)}  # fmt: skip
    assert resigned(token, key, "wtf-csrf-token", hashlib.sha256).split(".")[0] == token.split(".")[0]
    assert send(browser, thread, sha1["token"]).status_code == 400
    browser.set_cookie("form", sha1["cookie"])
    for former in (token, sha1["token"]):
        answer = send(browser, thread, former)
        assert answer.status_code == 400 and "Typed *long* before.</textarea>" in answer.text
        assert "open for too long" in answer.text, "as for any form that was open for too long"
    browser.set_cookie("form", resigned(cookie, key, "cookie-session", hashlib.sha256))
    assert send(browser, thread, resigned(token, key, "wtf-csrf-token", hashlib.sha256)).status_code == 303
    assert send(browser, thread, token_in(browser, path)).status_code in (303, 429)


def test_another_persons_form_of_the_former_key_is_refused(
    app: Flask, as_: Any, ann: Any, alice: Any, thread: Any, restarted: Any
) -> None:
    theirs = token_in(as_(alice), f"/threads/{thread.id}/{thread.slug}")
    browser = as_(ann)
    browser.get(f"/threads/{thread.id}/{thread.slug}")
    assert send(restarted(browser, app.config["SECRET_KEY"]), thread, theirs).status_code == 400
