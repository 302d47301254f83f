"""Presets: kept by moderators of the whole forum, and sent in the language of whom a decision concerns."""

import pytest
from sqlalchemy import select

from forum.core.audit import AuditEntry
from forum.core.chain import first_fault
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from moderation.models import Decision
from moderation.presets import actions, queries
from moderation.presets.actions import Written

SPAM = Written("Advertisement", "It <b>advertises</b>.", "这是广告。", "spam", "remove")
WRITTEN = {"title": "Insult", "text_en": "It insults.", "text_zh": "这是侮辱。", "rule": "", "outcome": "", "seen": 0}


@pytest.fixture
def preset(bob):
    return actions.add(SPAM, bob)


def main_of(answer):
    return answer.text.split("<main")[1].split("</main>")[0]


def made():
    db.session.rollback()
    return db.session.scalar(select(Decision).order_by(Decision.id.desc()).limit(1))


def send(browser, case, preset, **fields):
    words = {"outcome": "remove", "rule": "spam", "reason": "", "version": 1, "preset": preset.id, **fields}
    return browser.send(f"/moderation/cases/{case.id}/decisions", **words)


def test_without_a_script_an_empty_reason_is_the_presets_in_the_authors_language(flagged, preset, ann, bob, as_):
    with transaction():
        ann.language = "zh_Hans"
    page = main_of(as_(bob).get(f"/moderation/cases/{flagged.id}"))
    assert 'data-text="这是广告。"' in page and "advertises" not in page, "a moderator sees what ann will read"
    assert send(as_(bob), flagged, preset, rule="").status_code == 303
    assert (made().reason, made().rule) == ("这是广告。", "spam")
    actions.change(preset.id, Written("Other", "Other.", "其他。"), 1, bob)
    actions.remove(preset.id, bob)
    assert made().reason == "这是广告。", "what was sent stays"


def test_in_english_and_what_was_typed_comes_first(flagged, preset, bob, as_):
    page = main_of(as_(bob).get(f"/moderation/cases/{flagged.id}"))
    assert "It &lt;b&gt;advertises&lt;/b&gt;." in page and "这是广告" not in page
    refused = send(as_(bob), flagged, preset, outcome="")
    assert refused.status_code == 422
    assert any("advertises" in box for box in main_of(refused).split("<textarea")[1:]), "to be seen and edited"
    assert send(as_(bob), flagged, preset, reason="In my own words.", rule="abuse").status_code == 303
    assert (made().reason, made().rule) == ("In my own words.", "abuse")


def test_where_its_outcome_can_not_be_decided_it_is_not_offered(flagged, bob, as_):
    lasting = actions.add(Written("Cleared", "Cleared.", "已清除。", "", "clear"), bob)
    assert "Cleared" not in main_of(as_(bob).get(f"/moderation/cases/{flagged.id}")), "it is about a profile"
    assert send(as_(bob), flagged, lasting).status_code == 422 and made() is None


def test_they_are_kept_by_the_page_and_every_change_is_in_the_log(preset, bob, as_):
    browser = as_(bob)
    assert "Advertisement" in main_of(browser.get("/moderation/presets"))
    assert browser.send("/moderation/presets/new", **WRITTEN).status_code == 303
    assert browser.send("/moderation/presets/new", **{**WRITTEN, "text_zh": " "}).status_code == 422
    new = next(each for each in queries.all_presets() if each.title == "Insult")
    url = f"/moderation/presets/{new.id}"
    assert "这是侮辱。" in main_of(browser.get(url))
    assert browser.send(url, **{**WRITTEN, "text_en": "An insult.", "seen": 1}).status_code == 303
    late = browser.send(url, **{**WRITTEN, "text_en": "Later.", "seen": 1})
    assert late.status_code == 409 and "Later." in late.text
    assert browser.send(f"{url}/remove").status_code == 303 and browser.get(url).status_code == 404
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.act.like("preset.%")).order_by(AuditEntry.seq)).all()
    assert [row.act for row in rows] == ["preset.added", "preset.added", "preset.changed", "preset.removed"]
    assert "insult" not in str([row.facts for row in rows]) and first_fault() is None
    assert "A preset reason was changed" in main_of(browser.get("/moderation/log"))


def test_who_may_not_and_what_is_refused(preset, thea, alice, bob, as_, monkeypatch):
    for person in (thea, alice):
        assert as_(person).get("/moderation/presets").status_code == 403
        for act in (
            lambda by: actions.add(SPAM, by),
            lambda by: actions.change(preset.id, SPAM, 1, by),
            lambda by: actions.remove(preset.id, by),
        ):
            with pytest.raises(Forbidden):
                act(person)
    for wrong in (
        Written("", "a", "b"),
        Written("a", "a", ""),
        Written("a" * 81, "a", "b"),
        Written("a", "a" * 2001, "b"),
        Written("a", "a", "b", "no such rule"),
        Written("a", "a", "b", "", "no such outcome"),
    ):
        with pytest.raises(Refused):
            actions.add(wrong, bob)
    with pytest.raises(Conflict):
        actions.change(preset.id, SPAM, 7, bob)
    assert actions.change(preset.id, SPAM, 1, bob) is False
    with pytest.raises(NotFound):
        actions.remove(4711, bob)
    monkeypatch.setattr(actions, "PRESETS_MOST", 1)
    with pytest.raises(Refused):
        actions.add(SPAM, bob)
