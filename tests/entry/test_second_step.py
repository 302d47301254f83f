"""A-7: the authenticator app and the recovery codes; nothing leads past the second step."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.entry import authenticators, queries
from forum.entry.models import Authenticator, RecoveryCode
from tests.people import PASSWORD
from tests.plugins.application import Client

SECURITY = "/settings/security"


def begin(app: Flask, name: str = "alice", **fields: Any) -> Client:
    """Return a browser in which the password was right."""
    client = app.test_client()
    assert isinstance(client, Client)
    answer = client.send("/login", username=name, password=PASSWORD, **fields)
    assert answer.location.startswith("/login/second"), answer.text
    return client


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/profile").status_code == 200)


def test_setting_it_up(as_: Any, alice: User, letters: Any) -> None:
    import pyotp

    from forum.core.database import now

    browser = as_(alice)
    assert browser.send(f"{SECURITY}/authenticator").location == f"{SECURITY}/authenticator/confirm"
    page = browser.get(f"{SECURITY}/authenticator/confirm")
    secret = authenticators.secret_in_making(alice)
    assert secret and f"secret={secret}" in page.text and "<svg" in page.text and " style=" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.send(f"{SECURITY}/authenticator/confirm", code="12345x").status_code == 422
    assert not queries.has_authenticator(alice.id)
    code = pyotp.TOTP(secret).generate_otp(int(now().timestamp()) // 30)
    shown = browser.send(f"{SECURITY}/authenticator/confirm", code=f"{code[:3]} {code[3:]}")
    assert shown.status_code == 200
    codes = [each for each in db.session.scalars(select(RecoveryCode.code_hash)).all() if each]
    assert len(codes) == 10 and not any(each in shown.text for each in codes), "only hashes are kept"
    assert shown.text.count("<li><code>") == 10 and 'download="recovery-codes.txt"' in shown.text
    db.session.expire_all()
    assert queries.has_authenticator(alice.id)
    assert [facts["what"] for _, _, facts in letters()] == ["authenticator_on"]
    assert secret not in str(db.session.get(Authenticator, alice.id).__dict__), "sealed at rest"
    assert browser.send(f"{SECURITY}/authenticator").status_code == 409, "another one would push this one aside"
    assert browser.get(f"{SECURITY}/authenticator/confirm").status_code == 303


def test_the_password_alone_is_half_a_sign_in(app: Flask, alice: User, authenticator_app: Any) -> None:
    shown = authenticator_app(alice)
    browser = begin(app, next="/experts")
    assert not browser.get_cookie("signin") and not is_signed_in(browser)
    assert browser.get("/login/second?next=/experts").status_code == 200
    assert browser.send("/login/second", code="000000").status_code == 422
    answer = browser.send("/login/second", code=shown.code(), next="/experts")
    assert (answer.status_code, answer.location) == (303, "/experts")
    assert is_signed_in(browser)
    assert "two factors" in browser.get("/settings/sessions").text


@pytest.mark.parametrize(("steps", "status"), [(-3, 422), (-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422), (3, 422)])
def test_a_clock_may_be_half_a_minute_off(
    app: Flask, alice: User, authenticator_app: Any, steps: int, status: int
) -> None:
    shown = authenticator_app(alice)
    assert begin(app).send("/login/second", code=shown.code(steps)).status_code == status


def test_a_code_is_taken_once_and_none_before_it(app: Flask, alice: User, authenticator_app: Any) -> None:
    shown = authenticator_app(alice)
    code, earlier = shown.code(), shown.code(-1)
    assert begin(app).send("/login/second", code=code).status_code == 303
    second = begin(app)
    assert second.send("/login/second", code=code).status_code == 422
    assert second.send("/login/second", code=earlier).status_code == 422
    assert not is_signed_in(second)
    assert second.send("/login/second", code=shown.code(1)).status_code == 303


def test_a_recovery_code_works_once_and_is_told(app: Flask, alice: User, authenticator_app: Any, letters: Any) -> None:
    shown = authenticator_app(alice)
    code = shown.recovery[3]
    browser = begin(app)
    assert browser.send("/login/second", code=code.upper().replace("-", " ")).status_code == 303
    assert is_signed_in(browser)
    assert letters()[-2][2]["what"] == "recovery_used"
    assert begin(app).send("/login/second", code=code).status_code == 422
    assert begin(app).send("/login/second", code=shown.recovery[4]).status_code == 303
    assert queries.recovery_codes_left(alice.id) == 8


def test_new_recovery_codes_end_the_former(app: Flask, as_: Any, alice: User, authenticator_app: Any) -> None:
    shown = authenticator_app(alice)
    assert as_(alice).send(f"{SECURITY}/recovery", proof_code=shown.code()).status_code == 200
    assert begin(app).send("/login/second", code=shown.recovery[0]).status_code == 422
    assert queries.recovery_codes_left(alice.id) == 10


def test_another_persons_codes_are_worth_nothing(app: Flask, alice: User, ann: User, authenticator_app: Any) -> None:
    authenticator_app(alice)
    hers = authenticator_app(ann)
    browser = begin(app)
    for code in (hers.code(), hers.recovery[0]):
        assert browser.send("/login/second", code=code).status_code == 422


def test_the_half_ends_after_ten_minutes_and_with_the_sign_in(
    app: Flask, alice: User, authenticator_app: Any, clock: Any
) -> None:
    shown = authenticator_app(alice)
    browser = begin(app)
    clock.move(minutes=11)
    late = browser.send("/login/second", code=shown.code())
    assert late.location.startswith("/login") and not is_signed_in(browser)
    browser = begin(app)
    half = browser.get_cookie("half")
    assert browser.send("/login/second", code=shown.code()).status_code == 303
    thief = app.test_client()
    thief.set_cookie("half", half.value)
    assert thief.send("/login/second", code=shown.recovery[0]).location.startswith("/login")
    assert queries.recovery_codes_left(alice.id) == 10, "a half that is over asks nothing"


@pytest.mark.limits
def test_six_tries_a_minute(app: Flask, alice: User, authenticator_app: Any) -> None:
    shown = authenticator_app(alice)
    browser = begin(app)
    assert [browser.send("/login/second", code="000000").status_code for _ in range(7)] == [422] * 6 + [429]
    assert browser.send("/login/second", code=shown.code()).status_code == 429, "the right one is not looked at"
    assert begin(app).send("/login/second", code=shown.code()).status_code == 429, "counted by the person"


def test_the_app_is_taken_away(app: Flask, as_: Any, alice: User, authenticator_app: Any, letters: Any) -> None:
    shown = authenticator_app(alice)
    assert as_(alice).send(f"{SECURITY}/authenticator/remove", proof_code=shown.code()).status_code == 303
    client = app.test_client()
    assert client.send("/login", username="alice", password=PASSWORD).location == "/"
    assert queries.recovery_codes_left(alice.id) == 0
    assert letters()[-2][2]["what"] == "authenticator_off"


def test_a_former_key_still_opens_and_a_lost_one_leaves_the_recovery_codes(
    app: Flask, alice: User, authenticator_app: Any, another_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = authenticator_app(alice)
    rotated = another_app(SECRET_KEY="r" * 40, SECRET_KEY_FALLBACKS=[app.config["SECRET_KEY"]], RATELIMIT_ENABLED=False)
    assert begin(rotated).send("/login/second", code=shown.code()).status_code == 303
    later = another_app(SECRET_KEY="r" * 40, RATELIMIT_ENABLED=False)
    assert begin(later).send("/login/second", code=shown.code(1)).status_code == 303, "sealed anew when it was used"
    lost = another_app(SECRET_KEY="l" * 40, RATELIMIT_ENABLED=False)
    browser = begin(lost)
    assert browser.send("/login/second", code=shown.code(2)).status_code == 422
    assert browser.send("/login/second", code=shown.recovery[0]).status_code == 303


def test_without_a_half_there_is_no_second_step(client: Client, alice: User) -> None:
    for answer in (client.get("/login/second"), client.send("/login/second", code="000000")):
        assert answer.status_code == 303 and answer.location.startswith("/login")
