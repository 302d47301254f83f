"""Whom the suspended write to where they can't appeal: the operator's address, else the administrators by name."""

from datetime import timedelta

import pytest

from forum import config
from forum.core.database import now, transaction
from tests.people import PASSWORD

ADDRESSES = {
    "desk@forum.example": "mailto:desk@forum.example",
    "https://help.example:8443/forum": "https://help.example:8443/forum",
    "/threads/1/questions": "/threads/1/questions",
}


@pytest.fixture(params=ADDRESSES)
def address(app, request, monkeypatch):
    """The forum's CONTACT, each kind of it; the href that it becomes."""
    monkeypatch.setitem(app.config, "CONTACT", request.param)
    return ADDRESSES[request.param]


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def test_the_address_stands_where_it_is_needed(address, client):
    link = f'href="{address}"'
    assert link in main_of(client.get("/about"))
    assert link in client.get("/").text.split("<footer")[1]


def test_the_suspended_read_it_when_they_are_refused(address, sam, carol, client):
    told = client.send("/login", username="sam", password=PASSWORD)
    assert told.status_code == 422 and f'<a href="{address}">' in main_of(told) and "/people/carol" not in told.text
    assert address not in main_of(client.send("/login", username="sam", password="not his password"))


def test_without_one_the_administrators_are_named(carol, sam, person, client):
    for number in range(7):
        person(f"admin_{number}", role="admin", display_name=f"<b>{number}</b>")
    with transaction() as session:
        session.get(type(carol), carol.id).suspended_until = now() + timedelta(days=1)
    page = main_of(client.send("/login", username="sam", password=PASSWORD))
    named = [number for number in range(7) if f'<a href="/people/admin_{number}"><bdi>&lt;b&gt;{number}' in page]
    assert named == [0, 1, 2, 3, 4], "the first five, and no more"
    assert "/people/carol" not in page, "who is suspended can't help"
    assert "Contact" not in client.get("/about").text


def test_without_administrators_a_sentence_remains(sam, client):
    page = main_of(client.send("/login", username="sam", password=PASSWORD))
    assert "write to the people who run this forum" in page


@pytest.mark.parametrize(
    "value",
    [
        "http://help.example",
        "javascript:alert(1)",
        "//help.example",
        "/\\help.example",
        "https://name:secret@help.example",
        "desk@",
        "desk@forum",
        'desk@forum.example">',
        "call us",
        "a@b.example c@d.example",
    ],
)
def test_an_address_that_reaches_nobody_stops_the_start(value, tmp_path):
    with pytest.raises(config.UnsafeSetting, match="CONTACT must be"):
        config.load({"CONTACT": value, "FORUM_INSTANCE": str(tmp_path)}, tmp_path)


@pytest.mark.parametrize("value", ["", *ADDRESSES, " desk+forum@mail.forum.example "])
def test_an_address_that_can_be_read(value, tmp_path):
    assert config.load({"CONTACT": value, "FORUM_INSTANCE": str(tmp_path)}, tmp_path)["CONTACT"] == value.strip()


def test_the_doctor_misses_it_in_production_only(app, monkeypatch):
    def examined():
        return app.test_cli_runner().invoke(args=["doctor"]).output

    assert "CONTACT" not in examined()
    monkeypatch.setitem(app.config, "FORUM_ENV", "production")
    assert "CONTACT is not set" in examined()
    monkeypatch.setitem(app.config, "CONTACT", "desk@forum.example")
    assert "CONTACT" not in examined()
