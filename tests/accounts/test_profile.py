"""The profile: what people say about themselves, and whom they may not imitate."""

from typing import Any

import pytest

from forum.accounts.models import User
from forum.core.database import db

FIELDS = {"display_name": "Alice Wu", "bio": "", "language": "", "timezone": ""}


def save(browser: Any, **fields: Any) -> Any:
    return browser.send("/settings/profile", **{**FIELDS, **fields})


def test_a_profile_is_saved(as_: Any, alice: User) -> None:
    browser = as_(alice)
    answer = save(browser, display_name="  爱丽丝  Wu ", bio="I read *a lot*.", timezone="Asia/Shanghai")
    assert answer.status_code == 303
    db.session.refresh(alice)
    assert alice.display_name == "爱丽丝 Wu"
    assert alice.bio == "I read *a lot*."
    assert "<em>a lot</em>" in alice.bio_html and alice.render_version > 0
    assert alice.timezone == "Asia/Shanghai"
    assert "I read *a lot*." in browser.get("/settings/profile").text


def test_an_empty_display_name_shows_the_user_name(as_: Any, alice: User) -> None:
    save(as_(alice), display_name="")
    db.session.refresh(alice)
    assert alice.name == "alice"


def test_the_bio_is_sanitized(as_: Any, alice: User) -> None:
    save(as_(alice), bio="<script>alert(1)</script> [x](javascript:alert(1))")
    db.session.refresh(alice)
    assert "<script" not in alice.bio_html and "href" not in alice.bio_html


def test_a_bio_of_which_nothing_is_seen_is_an_empty_one(as_: Any, alice: User) -> None:
    assert save(as_(alice), bio="&nbsp;\n\n**&#8203;**").status_code == 303
    db.session.refresh(alice)
    assert (alice.bio, alice.bio_html) == ("", "")


def test_the_language_of_the_account_wins_over_the_switch(as_: Any, alice: User) -> None:
    browser = as_(alice)
    browser.set_cookie("language", "en")
    save(browser, language="zh_Hans")
    assert '<html lang="zh-Hans"' in browser.get("/settings/profile").text
    save(browser, language="")
    assert browser.get_cookie("language") is None


@pytest.mark.parametrize(
    "fields",
    [{"language": "fr"}, {"timezone": "Mars/Olympus"}, {"timezone": "../../etc/passwd"}, {"display_name": "x" * 41},
     {"bio": "x" * 2001}, {"display_name": "x" * 100_000}],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_kept(as_: Any, alice: User, fields: dict[str, str]) -> None:
    refused = save(as_(alice), **{"display_name": "Kept as typed", **fields})
    assert refused.status_code == 422
    if "display_name" not in fields:
        assert 'value="Kept as typed"' in refused.text
    db.session.refresh(alice)
    assert alice.display_name == "Alice"


def test_lengths_are_counted_in_code_points(as_: Any, alice: User) -> None:
    browser = as_(alice)
    assert save(browser, display_name="漢" * 40).status_code == 303
    assert save(browser, display_name="漢" * 41).status_code == 422
    assert save(browser, bio="😀" * 2000).status_code == 303


@pytest.mark.parametrize("name", ["dr_chen", "Dr Chen", "dr chen", "ｄｒ＿ｃｈｅｎ", "dr сhen", "bob", "B0B"])
def test_nobody_shows_the_name_of_an_expert_or_moderator(
    as_: Any, mallory: User, dr_chen: User, bob: User, name: str
) -> None:
    refused = save(as_(mallory), display_name=name)
    assert refused.status_code == 422
    assert "has this name" in refused.text


@pytest.mark.parametrize("name", [
    "Mallory ✓", "Mallory ☑️", "✅ Li", "认证专家", "医学專家 李", "Ｅｘｐｅｒｔ Li", "Ехреrt",
    "官方小助手", "A Moderator", "Verified", "管理员", "admin",
    "ᴠᴇʀɪғɪᴇᴅ Li", "🅴🆇🅿🅴🆁🆃", "3xpert Li", "専家 李", "已验证 李", "Li Ⓥ", "李㊣", "专\u200b家", "V e r i f i e d",
])  # fmt: skip
def test_nobody_gives_themselves_a_badge(as_: Any, mallory: User, name: str) -> None:
    refused = save(as_(mallory), display_name=name)
    assert refused.status_code == 422
    assert "badge of the forum" in refused.text


def test_their_own_name_is_theirs(as_: Any, dr_chen: User, bob: User, ann: User, mallory: User) -> None:
    assert save(as_(dr_chen), display_name="Dr Chen").status_code == 303
    assert save(as_(bob), display_name="Bob, moderator").status_code == 303
    assert save(as_(mallory), display_name="ann").status_code == 303, "netizens may share a name; user names differ"


def test_extra_fields_change_nothing(as_: Any, alice: User, ann: User) -> None:
    save(as_(alice), role="admin", is_expert="1", username="zoe", user_id=str(ann.id), published_count="1000",
         email="x@example.org", password_hash="x", suspended_until="2001-01-01", bio_html="<b>x</b>")  # fmt: skip
    db.session.refresh(alice)
    db.session.refresh(ann)
    assert (alice.role, alice.is_expert, alice.username, alice.published_count) == ("netizen", False, "alice", 10)
    assert (alice.email, alice.bio_html) == ("alice@example.org", "")
    assert ann.display_name == "安安"


def test_only_its_owner_edits_it(client: Any, as_: Any, alice: User, sam: User) -> None:
    assert save(client).status_code == 401
    assert save(as_(sam)).status_code == 401
    assert as_(alice).post("/settings/profile", data=FIELDS).status_code == 400, "without our form's token"


def test_a_zone_that_came_with_the_account_stays(as_: Any, person: Any) -> None:
    zoe = person("zoe", timezone="Antarctica/Troll")
    browser = as_(zoe)
    assert '<option selected value="Antarctica/Troll">' in browser.get("/settings/profile").text
    assert save(browser, timezone="Antarctica/Troll").status_code == 303
