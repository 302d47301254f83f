"""The directory of experts that everybody reads."""

from datetime import timedelta
from typing import Any

from forum.accounts.models import User
from forum.core.database import now
from forum.experts import actions, queries
from forum.subthemes import actions as subtheme_actions
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from forum.threads import actions as threads
from forum.threads import states
from forum.threads.models import Thread
from tests.plugins.application import Client


def test_experts_stand_under_their_sub_themes(client: Client, dr_chen: User) -> None:
    page = client.get("/experts").text
    assert "Professor of statistics" in page and "Lakeside University" in page
    assert 'href="/people/dr_chen"' in page
    assert "Data and algorithms" in page
    assert "experts-law-online" not in page, "a sub-theme without experts is not listed"


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
        assert "Library 10" in client.get("/experts").text
    assert len(many) == len(few) <= 5


def test_each_sub_theme_is_bounded(person: Any, carol: User, subtheme: SubTheme) -> None:
    for number in range(5):
        actions.grant(person(f"expert{number}x"), subtheme, "Reader", "Library", None, by=carol)
    listed = queries.directory([subtheme], 3)[subtheme.id]
    assert [credential.user.username for credential in listed] == ["expert0x", "expert1x", "expert2x"]
    assert queries.directory([], 3) == {}


def test_it_is_narrowed_by_sub_theme_sector_and_language(
    client: Client, alice: User, ann: User, carol: User, subtheme: SubTheme
) -> None:
    law = by_slug("law-online")
    assert law
    for user, place, title, claim in (
        (alice, subtheme, "Judge", actions.Claim("government", "", "en")),
        (ann, subtheme, "Editor", actions.Claim("private", "", "en zh")),
        (alice, law, "Clerk", actions.Claim("government", "", "zh")),
    ):
        actions.grant(user, place, title, "Somewhere", None, by=carol, claim=claim)
    for query, there in (
        ("", {"Judge", "Editor", "Clerk"}),
        ("?subtheme=law-online", {"Clerk"}),
        ("?sector=government", {"Judge", "Clerk"}),
        ("?language=zh", {"Editor", "Clerk"}),
        ("?language=zh&sector=private&subtheme=data-and-algorithms", {"Editor"}),
        ("?sector=wizards&language=fr&subtheme=nowhere", {"Judge", "Editor", "Clerk"}),
    ):
        page = client.get(f"/experts{query}").text
        assert {title for title in ("Judge", "Editor", "Clerk") if title in page} == there, query
    assert "Nobody fits" in client.get("/experts?sector=academia").text


def test_answers_are_counted_and_the_latest_is_linked(
    client: Client, dr_chen: User, pinned: Thread, bob: User, carol: User, subtheme: SubTheme, statements: Any
) -> None:
    credential = queries.in_force_of(dr_chen)[0]
    spare = actions.grant(dr_chen, subtheme, "Auditor", "Town hall", None, by=carol)
    first = threads.post_reply(pinned, dr_chen, "An auditor does.", credential=credential)
    latest = threads.post_reply(pinned, dr_chen, "And a second one.", credential=credential)
    threads.post_reply(pinned, dr_chen, "My own opinion.")
    page = client.get("/experts").text
    assert "2 answers" in page and f'href="/posts/{latest.id}"' in page and f"/posts/{first.id}" not in page
    assert f"/experts/credentials/{credential.id}#answers" in page
    assert f"/experts/credentials/{spare.id}#answers" not in page
    behind = client.get(f"/experts/credentials/{credential.id}").text
    assert f'href="/posts/{first.id}"' in behind and "Lakeside University" in behind and "None declared." in behind
    profile = client.get("/people/dr_chen").text
    assert "Answered as an expert" in profile and f'href="/posts/{latest.id}"' in profile
    assert all(words in profile for words in ("Lakeside University", "Declared interests", "None declared."))
    states.hide_post(latest, bob, "abuse")
    page = client.get("/experts").text
    assert "1 answer<" in page and f'href="/posts/{first.id}"' in page
    assert f"/posts/{latest.id}" not in client.get(f"/experts/credentials/{credential.id}").text


def test_one_sub_theme_is_paged(client: Client, person: Any, carol: User, subtheme: SubTheme, clock: Any) -> None:
    for number in range(22):
        actions.grant(person(f"expert{number:02}x"), subtheme, "Reader", "Library", None, by=carol)
        clock.move(minutes=1)
    whole = client.get("/experts").text
    assert "expert11x" in whole and "expert12x" not in whole and "All experts of this sub-theme" in whole
    first = client.get("/experts?subtheme=data-and-algorithms").text
    assert "expert19x" in first and "expert20x" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "expert21x" in client.get(following).text
    assert client.get("/experts?subtheme=data-and-algorithms&after=x").status_code == 200


def test_somebody_unlisted_shows_no_credential_to_visitors(
    client: Client, as_: Any, person: Any, mallory: User, carol: User, subtheme: SubTheme
) -> None:
    young = person("youngster", age_band="young")
    credential = actions.grant(young, subtheme, "Winner of the contest", "Hill School", None, by=carol)
    assert client.get(f"/experts/credentials/{credential.id}").location.startswith("/login")
    assert as_(mallory).get(f"/experts/credentials/{credential.id}").status_code == 200
