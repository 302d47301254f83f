"""The security log: what is in it, by number and network only, and that nobody's words begin a line or colour one."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.accounts import actions
from forum.accounts.models import User
from forum.core import security_log
from forum.core.database import db, now, transaction
from forum.core.log_lines import PlainLines
from tests.entry.conftest import authenticator_app
from tests.people import PASSWORD
from tests.plugins.application import Client

__all__ = ["authenticator_app"]
HOSTILE = 'x\r\n{"event": "role.changed"}\u2028\u2029\x1b[2J\x1b]0;owned\x07\x85\u202e'


class Lines:
    """What was written since the test began, as a program reads it."""

    def __init__(self) -> None:
        self.raw = io.StringIO()

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.raw.getvalue().split("\n")[:-1]]

    def events(self) -> list[tuple[str, Any]]:
        return [(line["event"], line["person"]) for line in self.read()]


@pytest.fixture
def lines(app: Flask) -> Iterator[Lines]:
    found = Lines()
    handler = logging.StreamHandler(found.raw)
    handler.setFormatter(security_log.log.handlers[0].formatter)
    security_log.log.addHandler(handler)
    yield found
    security_log.log.removeHandler(handler)


def test_every_event_is_explained_for_operators() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z]+[a-z.-]+)` \| (.+) \|$", page.partition("### The security log")[2], re.M))
    assert rows == security_log.EVENTS
    with pytest.raises(KeyError):
        security_log.note("an event that is in no list")


def test_signing_in_and_out(client: Client, alice: User, lines: Lines) -> None:
    client.send("/login", username="alice", password="my-secret-typed")
    client.send("/login", username="my-secret-typed", password="x")
    client.send("/login/passkey", passkey="nonsense")
    assert lines.events() == [("sign-in.failed", alice.id), ("sign-in.failed", None), ("sign-in.failed", None)]
    client.send("/login", username="alice", password=PASSWORD)
    client.send("/logout")
    client.send("/logout")
    line = lines.read()[3]
    assert lines.events()[3:] == [("sign-in.succeeded", alice.id), ("sign-out", alice.id)], "once"
    assert (line["means"], line["two_factors"], line["network"]) == ("password", False, "127.0.0.0/24")
    assert line["route"] == "/login" and line["method"] == "POST" and re.fullmatch(r"[0-9a-f]{8}", line["request"])
    assert line["time"].endswith("+00:00") and abs(now().timestamp() - _moment(line)) < 60
    said = lines.raw.getvalue()
    assert "my-secret-typed" not in said and PASSWORD not in said and "alice" not in said


def _moment(line: dict[str, Any]) -> float:
    from datetime import datetime

    return datetime.fromisoformat(line["time"]).timestamp()


def test_a_suspended_person_with_the_right_password(client: Client, sam: User, lines: Lines) -> None:
    client.send("/login", username="sam", password=PASSWORD)
    assert lines.events() == [("sign-in.failed", sam.id)] and lines.read()[0]["suspended"] is True


def test_refusals(client: Client, as_: Any, alice: User, carol: User, clock: Any, lines: Lines) -> None:
    assert as_(alice).get("/admin/people").status_code == 403
    assert as_(alice).send("/admin/people/alice", role="admin").status_code == 403
    assert client.send("/settings/profile").status_code == 401
    assert client.post("/login", data={"username": "alice"}).status_code == 400
    assert lines.events() == [
        ("access.refused", alice.id),
        ("access.refused", alice.id),
        ("access.refused", None),
        ("form.refused", None),
    ]
    assert [line["by"] for line in lines.read()] == [alice.id, alice.id, None, None]
    assert client.get("/settings/profile").status_code == 303 and client.get("/nothing").status_code == 404
    clock.move(minutes=16)
    browser = as_(carol)
    clock.move(minutes=16)
    assert browser.send("/admin/people/alice", role="moderator").status_code == 401
    assert len(lines.events()) == 4, "being asked to sign in, or for a proof, is no refusal"
    assert browser.send("/prove", proof_password="wrong", next="/").status_code == 422
    assert browser.send("/prove", proof_password=PASSWORD, next="/").status_code == 303
    assert lines.events()[4:] == [("proof.failed", carol.id), ("proof.succeeded", carol.id)]
    assert browser.send("/admin/people/alice", role="moderator").status_code == 303
    changed = lines.read()[-1]
    assert changed["event"] == "role.changed" and (changed["person"], changed["by"]) == (alice.id, carol.id)
    assert (changed["former"], changed["role"]) == ("netizen", "moderator")


@pytest.mark.limits
def test_limits_and_throttles(client: Client, as_: Any, alice: User, app: Flask, lines: Lines) -> None:
    for number in range(7):
        client.send("/login", username="alice", password=f"guess {number}")
    assert lines.events()[6:] == [("limit.reached", None)] and lines.read()[6]["row"] == "LOGIN"
    for number in range(5):
        browser = app.test_client()
        token = browser.csrf_token()  # type: ignore[attr-defined]
        fields = {"csrf_token": token, "username": "alice", "password": "x"}
        browser.post("/login", data=fields, environ_base={"REMOTE_ADDR": f"198.51.100.{number}"})
    assert lines.events()[-1] == ("sign-in.throttled", alice.id), "ten wrong passwords, from wherever"
    assert lines.read()[-1]["network"] == "198.51.100.0/24"
    asked = as_(alice)
    for _ in range(7):
        asked.send("/prove", proof_password="wrong")
    assert lines.events()[-2:] == [("proof.failed", alice.id), ("limit.reached", alice.id)]


def test_what_is_rolled_back_is_not_said(app: Flask, alice: User, carol: User, lines: Lines) -> None:
    with pytest.raises(RuntimeError), transaction():
        actions.change_role(alice, "moderator", by=carol)
        raise RuntimeError
    assert lines.events() == []
    actions.change_role(alice, "moderator", by=None)
    actions.change_password(alice, "two bridges of nine arches")
    assert lines.events() == [("role.changed", alice.id), ("password.changed", alice.id)]
    line = lines.read()[0]
    assert line["by"] is None and "network" not in line, "the operator at the command line"


def test_factors(app: Flask, as_: Any, client: Client, alice: User, authenticator_app: Any, lines: Lines) -> None:
    authenticator_app(alice)
    assert lines.events() == [("factor.changed", alice.id)] and lines.read()[0]["what"] == "authenticator_on"
    client.send("/login", username="alice", password=PASSWORD)
    assert client.send("/login/second", code="000000").status_code == 422
    assert lines.events()[1:] == [("second-factor.failed", alice.id)], "half a sign-in is none"


def test_nobody_writes_a_line_of_their_own(client: Client, as_: Any, mallory: User, lines: Lines) -> None:
    with transaction():
        mallory.display_name = HOSTILE[:20]
    agent = {"User-Agent": "x \x1b[31m \u2028"}
    client.send("/login", username=HOSTILE, password=HOSTILE)
    client.post(f"/people/{HOSTILE}/tie", data={"csrf_token": HOSTILE}, headers=agent)
    client.post("/people/%0d%0a%7b%22event%22%3a%221%22%7d%1b[2J%e2%80%a8/tie", headers=agent)
    as_(mallory).get("/admin/people")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(client.application.config, "ALLOWED_HOSTS", frozenset({"forum.example"}))
        client.get("/", headers={"Host": "evil\x1b[2J"})
    said = lines.raw.getvalue()
    assert [event for event, _ in lines.events()] == [
        "sign-in.failed", "form.refused", "form.refused", "access.refused", "host.refused"
    ]  # fmt: skip
    assert len(said.splitlines()) == 5 and re.fullmatch(r"[\x20-\x7e\n]+", said)
    assert "\\u001b" in said and "\\r\\n" in said and "\\u2028" in said, "it shows what was sent"
    assert all(len(line) < 2000 for line in said.split("\n"))


def test_a_mailed_links_secret_is_not_in_it(client: Client, lines: Lines) -> None:
    client.post("/reset/the-secret-token", data={"new_password": "x"})
    line = lines.read()[0]
    assert line["event"] == "form.refused" and "the-secret-token" not in lines.raw.getvalue()
    assert line["path"] == "/reset/…" and line["route"] == "/reset/<token>"


def test_a_page_goes_on_while_the_database_is_away(client: Client, app: Flask, as_: Any, alice: User) -> None:
    with app.test_request_context("/"):
        from flask import g

        g._login_user = alice
        db.session.expire_all()
        assert security_log._signed_in() == alice.id
        g._login_user = object()
        assert security_log._signed_in() is None


def test_the_process_log_has_one_line_for_each_record() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(PlainLines())
    log = logging.Logger("test")
    log.addHandler(handler)
    log.warning("the provider %s said: %s", "acme", HOSTILE)
    said = out.getvalue()
    assert said.count("\n") == 1 and len(said.splitlines()) == 1 and "\x1b" not in said and "\\x1b[2J" in said
    try:
        raise ValueError(HOSTILE + "\nWARNING forum.security: forged")
    except ValueError:
        log.exception("incident %s", "1a2b3c4d")
    first, *others = out.getvalue().removeprefix(said).split("\n")[:-1]
    assert first == "ERROR test: incident 1a2b3c4d" and len(others) > 3
    assert all(line.startswith("  ") for line in others) and "\x1b" not in out.getvalue()
    assert any("forged" in line for line in others), "the words are there, but set in"
