"""Another e-mail address: only by the link sent there, both told, and nobody learns whose an address is."""

import re
from typing import Any

import pytest

from forum.accounts import actions, email_actions, links
from forum.accounts.models import OneTimeLink, Standing, User
from forum.core.database import db, transaction
from forum.core.errors import Conflict, NotFound
from forum.mail.composing import words_of
from forum.mail.letters import LETTERS
from forum.mail.models import Mail
from tests.people import PASSWORD

NEW = "alice@lake.example"


def ask(browser: Any, address: str = NEW, password: str = PASSWORD, **fields: Any) -> Any:
    return browser.send("/settings/email", email=address, current_password=password, **fields)


def letters() -> list[tuple[str, str]]:
    return [(mail.template, mail.address) for mail in db.session.query(Mail).order_by(Mail.id)]


def link() -> str:
    """Return the address in the last letter that carries one."""
    mail = db.session.query(Mail).filter_by(template="email_change").order_by(Mail.id.desc()).first()
    assert mail and LETTERS["email_change"].extra
    url = str(LETTERS["email_change"].extra(mail)["url"])
    assert url.startswith("http://127.0.0.1:8000/settings/email/")
    return url.removeprefix("http://127.0.0.1:8000")


def test_it_changes_when_the_link_is_opened_and_not_before(client: Any, as_: Any, alice: User) -> None:
    browser = as_(alice)
    assert ask(browser).status_code == 303
    assert letters() == [("email_change", NEW), ("email_change_asked", "alice@example.org")]
    page = client.get(link())
    assert page.status_code == 200 and NEW in page.text
    db.session.refresh(alice)
    assert alice.email == "alice@example.org", "reading the page changes nothing: a mail scanner may do so"
    assert NEW in browser.get("/settings/email").text
    assert client.send(link()).status_code == 303
    db.session.refresh(alice)
    assert (alice.email, alice.email_key) == (NEW, NEW) and alice.confirmed_at
    assert letters()[2:] == [("email_changed", NEW), ("email_changed", "alice@example.org")]
    assert actions.authenticate(NEW, PASSWORD) and not actions.authenticate("alice@example.org", PASSWORD)


def test_the_link_works_once_for_a_day(client: Any, as_: Any, alice: User, clock: Any) -> None:
    ask(as_(alice))
    address = link()
    clock.move(hours=24, minutes=1)
    assert client.get(address).status_code == 404 and client.send(address).status_code == 404
    clock.move(hours=-2)
    assert client.send(address).status_code == 303
    assert client.send(address).status_code == 404 and client.get(address).status_code == 404


def test_a_second_link_ends_the_first(client: Any, as_: Any, alice: User) -> None:
    browser = as_(alice)
    ask(browser)
    first = link()
    ask(browser, "alice@hill.example")
    assert client.send(first).status_code == 404
    assert client.send(link()).status_code == 303
    db.session.refresh(alice)
    assert alice.email == "alice@hill.example"


def test_she_can_take_it_back(client: Any, as_: Any, alice: User) -> None:
    browser = as_(alice)
    ask(browser)
    assert browser.send("/settings/email", cancel="1").status_code == 303
    assert client.send(link()).status_code == 404
    browser.get("/settings/email")  # shows both messages once
    assert NEW not in browser.get("/settings/email").text


def test_a_new_password_stops_it(client: Any, as_: Any, alice: User) -> None:
    ask(as_(alice))
    actions.change_password(alice, "seven quiet rivers flow")
    assert client.send(link()).status_code == 404


def test_links_to_set_a_password_end_with_the_change(client: Any, as_: Any, alice: User) -> None:
    with transaction():
        reset = links.make(alice, "reset", "alice@example.org", email_actions.EMAIL_LINK_LIFETIME)
    token = links.token_of(reset)
    ask(as_(alice))
    assert links.find(token, "reset")
    client.send(link())
    assert links.find(token, "reset") is None


def test_an_address_in_use_looks_the_same_and_its_owner_is_told(app: Any, as_: Any, alice: User, ann: User) -> None:
    browser = as_(alice)
    answers = []
    for address in ("ANN@example.org", "fresh@example.org"):
        answer = ask(browser, address)
        page = browser.get("/settings/email").text.replace(address, "ADDRESS")
        page = re.sub(r'value="[^"]{40,}"|until [^<]*', "", page)
        headers = {key: value for key, value in answer.headers if key not in ("Set-Cookie", "Content-Length")}
        answers.append((answer.status_code, headers, page))
    assert answers[0] == answers[1]
    assert letters() == [
        ("email_taken", "ann@example.org"), ("email_change_asked", "alice@example.org"),
        ("email_change", "fresh@example.org"), ("email_change_asked", "alice@example.org"),
    ]  # fmt: skip
    ask(browser, "ann@example.org")
    assert [template for template, _ in letters()].count("email_taken") == 1, "once a day at most"


def test_an_address_taken_meanwhile_is_not_taken_away(client: Any, as_: Any, alice: User, person: Any) -> None:
    ask(as_(alice))
    person("zoe", email=NEW, email_key=NEW)
    refused = client.send(link())
    assert refused.status_code == 409
    db.session.refresh(alice)
    assert alice.email == "alice@example.org"
    with pytest.raises(Conflict):
        email_actions.complete(link().rpartition("/")[2])


def test_whose_address_was_never_confirmed_is_confirmed_by_it(client: Any, as_: Any, person: Any) -> None:
    zoe = person("zoe", standing=Standing.UNCONFIRMED, email="tpyo@example.org", email_key=None)
    ask(as_(zoe), "zoe@lake.example")
    assert letters() == [("email_change", "zoe@lake.example")], "the former address was never shown to be hers"
    client.send(link())
    db.session.refresh(zoe)
    assert zoe.is_confirmed and zoe.email_key == "zoe@lake.example"


@pytest.mark.parametrize(
    "address", ["", "nonsense", "a@b", "alice@example.org", "ALICE@example.org", "a" * 400 + "@b.org"]
)
def test_what_is_no_new_address_is_refused(as_: Any, alice: User, address: str) -> None:
    assert ask(as_(alice), address).status_code == 422
    assert letters() == []


def test_not_without_the_password(as_: Any, alice: User) -> None:
    refused = ask(as_(alice), password="a wrong password")
    assert refused.status_code == 422 and f'value="{NEW}"' in refused.text
    assert letters() == [] and db.session.query(OneTimeLink).count() == 0


def test_strangers_the_suspended_and_the_closed_change_nothing(client: Any, as_: Any, alice: User, sam: User) -> None:
    assert ask(client).status_code == 401
    assert ask(as_(sam)).status_code == 401
    ask(as_(alice))
    with transaction():
        alice.standing = Standing.CLOSED
    with pytest.raises(NotFound):
        email_actions.complete(link().rpartition("/")[2])


@pytest.mark.parametrize("token", ["x", "0" * 43, "../profile", "%00", "a" * 5000])
def test_other_links_lead_nowhere(client: Any, alice: User, token: str) -> None:
    assert client.get(f"/settings/email/{token}").status_code in (404, 401, 303)
    assert client.send(f"/settings/email/{token}").status_code in (404, 401)


def test_extra_fields_change_nothing(as_: Any, alice: User, ann: User) -> None:
    ask(as_(alice), user_id=str(ann.id), email_key="x", purpose="reset", username="zoe", link="1", token="x")
    made = db.session.query(OneTimeLink).one()
    assert (made.user_id, made.purpose, made.address) == (alice.id, "email_change", NEW)


@pytest.mark.limits
def test_three_an_hour_but_taking_it_back_is_free(as_: Any, alice: User) -> None:
    browser = as_(alice)
    assert [ask(browser).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert browser.send("/settings/email", cancel="1").status_code == 303


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_every_letter_can_be_written(client: Any, as_: Any, alice: User, ann: User, language: str) -> None:
    with transaction():
        alice.language = language
    ask(as_(alice), "ann@example.org")
    ask(as_(alice))
    url = "http://127.0.0.1:8000" + link()
    written = {mail.template: words_of(mail) for mail in db.session.query(Mail)}
    assert url in written["email_change"].text and f'href="{url}"' in written["email_change"].html
    asked = db.session.query(Mail).filter_by(template="email_change_asked", address="alice@example.org").all()
    assert url not in words_of(asked[-1]).text and NEW in words_of(asked[-1]).text
    client.send(link())
    for mail in db.session.query(Mail):
        words = words_of(mail)
        assert words.subject and "{{" not in words.html and "  http" not in words.text
        assert ("@alice" in words.text or "Alice" in words.text) == (mail.template != "email_taken")
    assert "write to the administrators" in words.text or language != "en", "the former address is told what to do"
