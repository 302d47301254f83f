"""Staff may be asked for a second factor: before every page of theirs, and nowhere else."""

from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.entry import staff
from forum.entry.admission import STAFF_SETTING
from tests.authorization import asked, lines
from tests.people import PASSWORD
from tests.stage import Stage


@pytest.fixture
def is_asked(app: Flask, carol: User) -> None:
    staff.ask_for_second_factor(True, by=carol)


def test_the_switch_is_an_admins_and_logged(as_: Any, carol: User, bob: User) -> None:
    assert as_(bob).send("/admin/security", needed="y").status_code == 403
    admin = as_(carol)
    assert "has no second factor" in admin.get("/admin/security").text
    assert admin.send("/admin/security", needed="y").status_code == 303
    entry = db.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
    assert entry and (entry.act, entry.facts) == ("staff.second_factor", {"needed": True})
    assert "Whether staff need a second factor was changed" in admin.get("/moderation/log").text


@pytest.mark.usefixtures("is_asked")
def test_staff_without_one_are_led_to_set_it_up(as_: Any, bob: User, alice: User, authenticator_app: Any) -> None:
    browser = as_(bob)
    assert browser.get("/moderation/cases").location == "/settings/security"
    assert "need a second factor" in browser.get("/settings/security").text
    assert browser.get("/").status_code == 200
    assert browser.send("/settings/profile", display_name="Bob").status_code == 303, "goes on as anybody"
    authenticator_app(bob)
    assert browser.get("/moderation/cases").location.startswith("/prove"), "this session has not shown it yet"


@pytest.mark.usefixtures("is_asked")
def test_a_password_is_no_second_factor(as_: Any, bob: User, authenticator_app: Any) -> None:
    shown, browser = authenticator_app(bob), as_(bob)
    way = browser.get("/moderation/cases").location
    assert 'name="proof_password"' not in browser.get(way).text
    assert browser.send("/prove", second="1", proof_password=PASSWORD, next="/moderation/cases").status_code == 422
    assert browser.send("/prove", proof_password=PASSWORD, next="/moderation/cases").status_code == 303
    assert browser.get("/moderation/cases").status_code == 303, "proved, but not by a second factor"
    assert browser.send("/prove", second="1", proof_code=shown.code(), next="/moderation/cases").status_code == 303
    assert browser.get("/moderation/cases").status_code == 200


@pytest.mark.usefixtures("is_asked")
def test_setting_it_up_opens_the_pages_at_once(as_: Any, bob: User) -> None:
    import pyotp

    from forum.core.database import now
    from forum.entry import authenticators

    browser = as_(bob)
    browser.send("/settings/security/authenticator")
    code = pyotp.TOTP(authenticators.secret_in_making(bob)).generate_otp(int(now().timestamp()) // 30)
    assert browser.send("/settings/security/authenticator/confirm", code=code).status_code == 200
    assert browser.get("/moderation/cases").status_code == 200


WRITING = "/sessions/<session_id>/posts"  # is everybody's; staff may only go on with it after the end


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_page_of_staff_is_behind_it(app: Flask, stage: Stage) -> None:
    """Every line of the table that staff may and nobody else, because of who they are."""
    claire = db.session.get(User, stage.people["claire"])
    assert claire
    staff.ask_for_second_factor(True, by=claire)
    open_to_staff = []
    for line in lines():
        if any(line.expected(other) != "403" for other in ("netizen", "author", "expert", "expert_here")):
            continue
        if line.path == WRITING:
            continue
        for viewer in ("moderator", "holder", "admin"):
            if line.expected(viewer) in ("200", "303"):
                request, client = asked(line, stage, viewer), stage.client(app, viewer)
                sent = {"csrf_token": client.csrf_token(), **request.fields} if line.method == "POST" else None
                answer = client.open(request.url, method=line.method, data=sent, headers=request.headers)
                if answer.location != "/settings/security" and answer.status_code != 403:
                    open_to_staff.append((str(line), viewer, answer.status))
    assert open_to_staff == []


def test_nobody_is_asked_by_default(as_: Any, bob: User) -> None:
    from forum.core import site

    assert site.get(STAFF_SETTING) is None
    assert as_(bob).get("/moderation/cases").status_code == 200
