"""The rules: numbered, in both languages, in versions; a decision names its version, and consent is asked anew."""

from dataclasses import replace

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from forum.accounts import consents, documents
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden, Refused
from moderation import flags, rules
from moderation.conduct import actions
from moderation.decisions import decide

KIND = actions.Wording("", "Be kind", "待人友善", "Say it as you would to a neighbour.", "像对邻居那样说话。", 1.0)


def test_the_first_version_comes_with_the_program_in_both_languages(app):
    assert rules.version() == 1
    assert len(rules.current()) == 9
    assert {each.code: each.name_zh for each in actions.wordings()}["spam"] == "垃圾广告"


def test_an_admin_publishes_the_next_version_and_the_former_stays(app, carol):
    before = actions.wordings()
    changed = [replace(before[0], text_en="No advertising at all."), *before[2:], KIND]
    assert actions.publish(changed, 1, by=carol) == 2 == rules.version()
    assert next(iter(rules.current())) == "spam" and "abuse" not in rules.current()
    assert str(rules.current()["spam"].text) == "No advertising at all."
    new = list(rules.current())[-1]
    with force_locale("zh_Hans"):
        assert str(rules.current()[new].name) == "待人友善"
    assert "abuse" in rules.at(1) and str(rules.at(1)["spam"].text) != "No advertising at all."
    assert str(rules.name_of("abuse")) == "Insults or harassment", "a retired rule keeps its name"
    assert rules.name_of("nonsense") == "nonsense" and rules.at(99) == {}
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.act == "rules.published"))
    assert entry.facts == {"version": 2, "added": [new], "retired": ["abuse"], "changed": ["spam"]}
    assert actions.publish(actions.wordings(), 2, by=carol) is None, "nothing changed, no version"


def test_two_admins_do_not_publish_over_each_other(app, carol):
    before = actions.wordings()
    actions.publish([*before, KIND], 1, by=carol)
    with pytest.raises(Conflict):
        actions.publish(before[:3], 1, by=carol)
    assert rules.version() == 2 and len(rules.current()) == 10


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_nobody_else_publishes(app, request, who):
    with pytest.raises(Forbidden):
        actions.publish([KIND], 1, by=request.getfixturevalue(who))
    assert rules.version() == 1


def test_what_makes_no_code_of_conduct_is_refused(app, carol):
    before = actions.wordings()
    for wrong in ([], [KIND] * 31, [before[0], before[0]], [replace(KIND, code="invented")]):
        with pytest.raises(Refused):
            actions.publish(wrong, 1, by=carol)
    assert rules.version() == 1


def test_flags_and_decisions_go_by_the_rules_in_force(reply, ann, alice, bob, carol, as_):
    first = flags.flag_post(reply, alice, "abuse").case_id
    decision = decide(first, bob, "warn", "It insults a neighbour.", "abuse")
    assert decision.rules_version == 1
    actions.publish([each for each in actions.wordings() if each.code != "abuse"] + [KIND], 1, by=carol)
    new = list(rules.current())[-1]
    with pytest.raises(Refused):
        flags.flag_post(reply, carol, "abuse")
    case_id = flags.flag_post(reply, carol, new).case_id
    with pytest.raises(Refused):
        decide(case_id, bob, "hide", "It is rude.", "abuse")
    again = decide(case_id, bob, "hide", "It is rude.", new)
    assert again.rules_version == 2
    browser = as_(ann)
    page = browser.get(f"/moderation/decisions/{decision.id}").text
    assert "Insults or harassment" in page and 'href="/rules?version=1#abuse"' in page
    assert "Be kind" in browser.get(f"/moderation/decisions/{again.id}").text
    assert "Be kind" in browser.get("/moderation/log").text


def test_everybody_reads_every_version(client, carol):
    assert client.get("/rules?version=2").status_code == 404
    actions.publish([KIND], 1, by=carol)
    assert "Be kind" in client.get("/rules").text
    former = client.get("/rules?version=1").text
    assert "no longer in force" in former and "Spam or advertising" in former
    for wrong in ("99", "0", "-1", "x", "9" * 30):
        assert client.get(f"/rules?version={wrong}").status_code in (200, 404)


def test_everybody_is_asked_to_accept_the_next_version(app, alice, carol, as_):
    browser = as_(alice)
    assert "that you have not accepted yet" not in browser.get("/").text, "the first comes with the terms"
    actions.publish([KIND], 1, by=carol)
    versions = documents.versions(app.config["FORUM_INSTANCE"])
    assert versions["rules"] == 2
    page = browser.get("/").text
    assert "that you have not accepted yet" in page and consents.mark(versions) in page
    fields = {"csrf_token": browser.csrf_token(), "seen": consents.mark(versions), "next": "/"}
    assert browser.post("/consents", data=fields).status_code == 303
    assert "that you have not accepted yet" not in browser.get("/").text


def _fields(browser, **changed):
    fields = {"csrf_token": browser.csrf_token(), "seen": rules.version()}
    for place, each in enumerate(actions.wordings()):
        fields |= {f"rules-{place}-{name}": value for name, value in vars(each).items()}
        fields[f"rules-{place}-place"] = place + 1
    return fields | changed


def test_the_page_of_the_administration(app, carol, as_):
    browser = as_(carol)
    page = browser.get("/admin/rules").text
    assert "垃圾广告" in page and "Version 1 is in force" in page
    refused = browser.post("/admin/rules", data=_fields(browser, **{"rules-0-name_en": "", "rules-9-name_en": "Half"}))
    assert refused.status_code == 422 and "Please fill this in." in refused.text and "Half" in refused.text
    nothing = browser.post("/admin/rules", data=_fields(browser))
    assert nothing.location == "/admin/rules" and rules.version() == 1
    sent = _fields(browser, **{"rules-0-place": 3, "rules-1-retired": "y"})
    sent |= {f"rules-9-{name}": value for name, value in vars(KIND).items()} | {"rules-9-place": 1}
    assert browser.post("/admin/rules", data=sent).location == "/rules"
    names = [str(rule.name) for rule in rules.current().values()]
    assert names[0] == "Be kind" and "Insults or harassment" not in names and len(names) == 9
    stale = browser.post("/admin/rules", data={**sent, "seen": 1})
    assert stale.status_code == 409 and "meanwhile" in stale.text
