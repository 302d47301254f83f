"""The directory of experts that everybody reads."""

from datetime import timedelta
from typing import Any

from forum.accounts.models import User
from forum.core.database import now
from forum.experts import actions, queries
from forum.subthemes import actions as subtheme_actions
from forum.subthemes.models import SubTheme
from tests.plugins.application import Client


def test_experts_stand_under_their_sub_themes(client: Client, dr_chen: User) -> None:
    page = client.get("/experts").text
    assert "Professor of statistics" in page and "Lakeside University" in page
    assert 'href="/people/dr_chen"' in page
    assert "Data and algorithms" in page
    assert "Rule of law online" not in page, "a sub-theme without experts is not listed"


def test_it_says_what_it_is_for_while_nobody_is_there(client: Client) -> None:
    assert "No experts yet" in client.get("/experts").text


def test_ended_and_revoked_credentials_are_not_listed(
    client: Client, alice: User, ann: User, carol: User, subtheme: SubTheme, clock: Any
) -> None:
    actions.grant(alice, subtheme, "Judge", "Northern Court", now().date() + timedelta(days=1), by=carol)
    revoked = actions.grant(ann, subtheme, "Editor", "Morning Post", None, by=carol)
    actions.revoke(revoked, "Left the paper.", by=carol)
    page = client.get("/experts").text
    assert "Northern Court" in page and "Morning Post" not in page
    clock.move(days=2)
    assert "No experts yet" in client.get("/experts").text


def test_an_archived_sub_theme_is_not_listed(client: Client, dr_chen: User, carol: User, subtheme: SubTheme) -> None:
    subtheme_actions.archive(subtheme, by=carol)
    assert "Lakeside University" not in client.get("/experts").text


def test_what_experts_call_themselves_is_escaped(client: Client, alice: User, carol: User, subtheme: SubTheme) -> None:
    actions.grant(alice, subtheme, "<b onclick=x>Judge</b>", "<script>alert(1)</script>", None, by=carol)
    page = client.get("/experts").text
    assert "<script>alert" not in page and "<b onclick" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_full_directory_costs_the_same(
    client: Client, dr_chen: User, person: Any, carol: User, subtheme: SubTheme, statements: Any
) -> None:
    with statements() as few:
        client.get("/experts")
    for number in range(12):
        actions.grant(person(f"expert{number}x"), subtheme, "Reader", f"Library {number}", None, by=carol)
    with statements() as many:
        assert "Library 11" in client.get("/experts").text
    assert len(many) == len(few) <= 3


def test_each_sub_theme_is_bounded(person: Any, carol: User, subtheme: SubTheme) -> None:
    for number in range(5):
        actions.grant(person(f"expert{number}x"), subtheme, "Reader", "Library", None, by=carol)
    listed = queries.directory([subtheme], 3)[subtheme.id]
    assert [credential.user.username for credential in listed] == ["expert0x", "expert1x", "expert2x"]
    assert queries.directory([], 3) == {}
