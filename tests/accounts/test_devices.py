"""The list of devices: what each one is, and ending one or all others."""

from typing import Any

import pytest

from forum.accounts import queries, sessions
from forum.accounts.devices import browser_and_system
from forum.accounts.models import User

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
WECHAT = "Mozilla/5.0 (Linux; Android 15; M2) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [(FIREFOX, ("Firefox", "Linux")), (SAFARI, ("Safari", "iPhone")), (EDGE, ("Edge", "Windows")),
     (WECHAT, ("WeChat", "Android")), ("curl/8.5.0", ("curl", "")), ("", ("", ""))],
)  # fmt: skip
def test_a_device_in_words(user_agent: str, words: tuple[str, str]) -> None:
    assert browser_and_system(user_agent) == words


def test_the_list_names_every_device_and_this_one(as_: Any, alice: User) -> None:
    browser = as_(alice)
    sessions.start(alice, SAFARI)
    page = browser.get("/settings/sessions").text
    assert "Safari on iPhone" in page
    assert page.count("This device") == 1


def test_one_device_is_signed_out(as_: Any, alice: User) -> None:
    here, phone = as_(alice), as_(alice)
    newest = str(queries.devices(alice.id)[0].id)
    assert here.send("/settings/sessions/end", session=newest).status_code == 303
    assert phone.get("/settings/profile").status_code == 303
    assert here.get("/settings/profile").status_code == 200
    assert here.send("/settings/sessions/end", session=newest).status_code == 404


def test_all_others_are_signed_out(as_: Any, alice: User, ann: User) -> None:
    here, phone, tablet, stranger = as_(alice), as_(alice), as_(alice), as_(ann)
    assert here.send("/settings/sessions/end", session="others").status_code == 303
    assert [each.get("/settings/profile").status_code for each in (here, phone, tablet, stranger)] == [
        200,
        303,
        303,
        200,
    ]


@pytest.mark.parametrize("wanted", ["", "x", "-1", "0", "1e9", "9" * 30, "١", "others "])
def test_what_is_no_device_ends_nothing(as_: Any, alice: User, wanted: str) -> None:
    here, phone = as_(alice), as_(alice)
    assert here.send("/settings/sessions/end", session=wanted).status_code == 404
    assert phone.get("/settings/profile").status_code == 200


def test_nobody_ends_another_persons_session(as_: Any, client: Any, alice: User, mallory: User) -> None:
    browser = as_(alice)
    target = queries.devices(alice.id)[0]
    assert as_(mallory).send("/settings/sessions/end", session=str(target.id)).status_code == 404
    assert client.send("/settings/sessions/end", session=str(target.id)).status_code == 401
    assert browser.get("/settings/profile").status_code == 200
