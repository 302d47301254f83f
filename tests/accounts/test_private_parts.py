"""The parts of a profile: said, shown, kept back, refused; what young people show at first is nothing."""

import io
import json
from typing import Any

import pytest
from sqlalchemy import text

from forum.accounts.actions import register
from forum.accounts.models import PROFILE_PARTS, User
from forum.archive.exporting import export
from forum.core.database import db
from forum.experts.models import Credential
from forum.threads import actions
from forum.threads.models import Thread
from tests.accounts.test_profile import save

ABOUT = {
    "sector": "academia", "place": "Chengdu", "speaks": "中文, English", "link_1": "example.org/ann",
    "link_2": "https://例え.jp/路", "bio": "I count *birds*.",
}  # fmt: skip
SEEN = {
    "bio": "birds</em>", "sector": "Academia", "place": "Chengdu", "links": "example.org/ann",
    "speaks": "中文, English",
    "joined": "here since", "contributions": "10 posts",
}  # fmt: skip


def page(client: Any, name: str = "ann") -> str:
    answer = client.get(f"/people/{name}")
    assert answer.status_code == 200
    return str(answer.text)


def test_everything_said_is_shown(client: Any, as_: Any, ann: User) -> None:
    browser = as_(ann)
    assert save(browser, **ABOUT).status_code == 303
    seen = page(client)
    assert all(words in seen for words in SEEN.values())
    assert '<a href="https://example.org/ann" rel="nofollow ugc noopener"><bdi>example.org/ann</bdi></a>' in seen
    assert 'href="https://xn--r8jz45g.jp/%E8%B7%AF"' in seen and "noindex" not in seen
    form = browser.get("/settings/profile").text
    assert (
        'value="https://example.org/ann"' in form and 'value="Chengdu"' in form and 'selected value="academia"' in form
    )


@pytest.mark.parametrize("part", PROFILE_PARTS)
def test_a_private_part_is_for_the_person_and_admins(
    client: Any, as_: Any, ann: User, alice: User, bob: User, carol: User, part: str
) -> None:
    save(as_(ann), **ABOUT, **{f"private_{part}": "y"})
    for reader in (client, as_(alice), as_(bob)):
        seen = page(reader)
        assert SEEN[part] not in seen
        assert all(words in seen for other, words in SEEN.items() if other != part)
    assert SEEN[part] in page(as_(ann)) and "only you and administrators" in page(as_(ann))
    assert SEEN[part] in page(as_(carol)) and "not public" in page(as_(carol))
    assert f'checked id="private_{part}"' in as_(ann).get("/settings/profile").text


def test_it_can_be_made_public_again(client: Any, as_: Any, ann: User) -> None:
    save(as_(ann), **ABOUT, private_place="y")
    save(as_(ann), **ABOUT)
    assert "Chengdu" in page(client)


def test_whoever_shows_nothing_is_not_for_search_engines(client: Any, as_: Any, ann: User) -> None:
    save(as_(ann), **{f"private_{part}": "y" for part in PROFILE_PARTS})
    assert '<meta name="robots" content="noindex">' in page(client)


def test_young_people_show_nothing_at_first(as_: Any, person: Any) -> None:
    young = person("xiaoyu", age_band="young", place="Chengdu")
    grown = person("laowang", age_band="adult", place="Chengdu")
    assert young.private == list(PROFILE_PARTS) and grown.private == []
    member = as_(grown)
    assert "Chengdu" not in page(member, "xiaoyu") and "here since" not in page(member, "xiaoyu")
    save(as_(young), place="Chengdu")
    assert "Chengdu" in page(member, "xiaoyu"), "it is their own choice"


def test_nobody_else_starts_with_secrets(app: Any) -> None:
    assert register("zoe", "zoe@example.org", "seven quiet rivers").private == []


def test_a_private_bio_is_not_exported(as_: Any, ann: User, alice: User) -> None:
    def bios() -> dict[str, str]:
        target = io.StringIO()
        export(target)
        lines = [json.loads(line) for line in target.getvalue().splitlines()]
        return {line["username"]: line.get("bio", "") for line in lines if line["kind"] == "person"}

    save(as_(ann), bio="Here I am.")
    assert bios()["ann"] == "Here I am."
    save(as_(ann), bio="Here I am.", private_bio="y")
    assert bios()["ann"] == ""


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "javascript://example.org/%0aalert(1)", "data:text/html,x", "//evil.example",
     "\\\\evil.example", "http:evil.example", "http://bank@evil.example", "mailto:a@example.org", "/about",
     "https://localhost", "https://exa mple.org", "ftp://example.org", "https://example.org/" + "a" * 200, "x"],
)  # fmt: skip
def test_an_address_that_a_post_would_not_link_is_refused(as_: Any, ann: User, address: str) -> None:
    refused = save(as_(ann), place="Chengdu", link_2=address)
    assert refused.status_code == 422 and 'value="Chengdu"' in refused.text
    db.session.refresh(ann)
    assert ann.links == [] and ann.place == ""


@pytest.mark.parametrize(
    "fields", [{"sector": "royalty"}, {"place": "x" * 81}, {"speaks": "漢" * 121}, {"link_1": "x" * 100_000}]
)
def test_what_does_not_fit_is_refused(as_: Any, ann: User, fields: dict[str, str]) -> None:
    assert save(as_(ann), **fields).status_code == 422


def test_words_are_normalised_and_shown_as_text(client: Any, as_: Any, ann: User) -> None:
    save(as_(ann), place="  <b>Chengdu</b>\u202e \u200b here ", speaks="<script>alert(1)</script>")
    db.session.refresh(ann)
    assert ann.place == "<b>Chengdu</b> here"
    assert "&lt;b&gt;Chengdu" in page(client) and "<script>alert" not in page(client)


def test_a_link_is_kept_once(as_: Any, ann: User) -> None:
    save(as_(ann), link_1="example.org", link_3="https://example.org")
    db.session.refresh(ann)
    assert ann.links == ["https://example.org"]


def test_contributions_are_counted_by_indexes(app: Any, ann: User) -> None:
    """On SQLite; PostgreSQL would rather read tables of one page."""
    if db.engine.dialect.name != "sqlite":
        return
    plan = db.session.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT id FROM posts WHERE author_id = 1 AND credential_id IS NOT NULL "
            "AND state = 'visible' LIMIT 1000"
        )
    )
    assert "ix_posts_answers" in " ".join(row[-1] for row in plan)


def test_threads_and_answers_are_counted(client: Any, dr_chen: User, alice: User, pinned: Thread) -> None:
    actions.post_reply(pinned, dr_chen, "It is so.", credential=db.session.query(Credential).one())
    assert "11 posts · 0 threads begun · 1 expert answer" in page(client, "dr_chen")
    assert "1 thread begun" in page(client, "alice")


@pytest.mark.parametrize("standing", ["unconfirmed", "waiting"])
def test_nobody_sees_what_an_account_says_before_it_is_approved(
    client: Any, as_: Any, person: Any, bob: User, standing: str
) -> None:
    """A page with links would be a spammer's first."""
    facts = {"bio": "Buy this", "bio_html": "<p>Buy this</p>", "place": "Spamville", "links": ["https://spam.example/"]}
    zoe = person("zoe", standing=standing, **facts)
    seen = client.get("/people/zoe").text
    assert "Buy this" not in seen and "spam.example" not in seen and "Spamville" not in seen and "noindex" in seen
    assert "Buy this" in as_(zoe).get("/people/zoe").text and "Buy this" in as_(bob).get("/people/zoe").text
