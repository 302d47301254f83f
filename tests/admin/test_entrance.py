"""The administration's door: every page of it, for everybody who is no administrator."""

from typing import Any

import pytest
from flask import Flask

from forum.accounts import actions
from forum.accounts.models import User
from forum.core.database import db
from forum.mail.actions import owe
from forum.mail.models import Mail
from tests.plugins.application import Client


def pages(app: Flask) -> list[tuple[str, str]]:
    """(method, address) of every route of the administration, with values that exist."""
    values = {"slug": "law-online", "username": "alice", "credential_id": "1", "mail_id": str(_letter())}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin."):
            address = rule.rule.replace("<int:", "<")
            for name, value in values.items():
                address = address.replace(f"<{name}>", value)
            if "<mail_id>" in address:
                continue  # tests/mail makes letters to look at
            found += [(method, address) for method in ("GET", "POST") if method in (rule.methods or ())]
    assert len(found) > 12
    return found


def _letter() -> int:
    """Return the number of a letter that waits."""
    owe("trial", "alice@example.org", "entrance", facts={"name": "alice", "by": "carol", "address": "a@example.org"})
    return db.session.query(Mail).filter_by(key="entrance").one().id


def answer_of(client: Client, method: str, address: str) -> Any:
    return client.get(address) if method == "GET" else client.send(address, role="admin", reason="x", slug="new")


@pytest.mark.parametrize("who", ["alice", "dr_chen", "bob", "sam", "nobody"])
def test_nobody_else_comes_in(
    app: Flask, as_: Any, client: Client, request: Any, alice: User, dr_chen: User, who: str
) -> None:
    browser = client if who == "nobody" else as_(request.getfixturevalue(who))
    outside = who in ("nobody", "sam")
    for method, address in pages(app):
        answer = answer_of(browser, method, address)
        if outside:
            assert answer.status_code == (303 if method == "GET" else 401), (method, address)
        else:
            assert answer.status_code == 403, (method, address)
            assert "for administrators" in answer.text
    db.session.refresh(alice)
    assert alice.role == "netizen"


def test_a_form_from_elsewhere_changes_nothing(app: Flask, as_: Any, alice: User, carol: User, dr_chen: User) -> None:
    admin = as_(carol)
    for method, address in pages(app):
        if method == "POST":
            assert admin.post(address, data={"role": "admin"}).status_code == 400, address
    db.session.refresh(alice)
    assert alice.role == "netizen"


def test_an_administrator_sees_every_page(app: Flask, as_: Any, alice: User, carol: User, dr_chen: User) -> None:
    admin = as_(carol)
    for method, address in pages(app):
        if method == "GET":
            page = admin.get(address)
            assert page.status_code == 200, address
            assert page.text.count("<h1") == 1, address


def test_a_former_administrator_is_out_at_once(as_: Any, carol: User, person: Any) -> None:
    ada = person("ada", role="admin")
    browser = as_(ada)
    assert browser.get("/admin").status_code == 200
    actions.change_role(ada, "netizen", by=carol)
    assert browser.get("/admin").status_code == 303
    assert as_(ada).get("/admin").status_code == 403


def test_the_overview_costs_the_same_at_any_size(as_: Any, carol: User, person: Any, statements: Any) -> None:
    admin = as_(carol)
    with statements() as few:
        admin.get("/admin")
    for number in range(10):
        person(f"moderator{number}x", role="moderator")
    with statements() as many:
        assert "moderator9x" in admin.get("/admin").text
    assert len(many) == len(few) <= 7
    assert not any("count(" in each.lower() and "limit" not in each.lower() for each in many)
