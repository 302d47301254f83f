"""Sub-themes in the administration: made, edited and archived, each act in the public log."""

from typing import Any

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import db
from forum.core.errors import Forbidden
from forum.subthemes import actions
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug, open_subthemes
from forum.threads.policy import why_not_start_thread

FIELDS = {
    "slug": "open-science", "name_en": "Open science", "name_zh": "开放科学", "description_en": "Shared results.",
    "description_zh": "共享成果。", "position": "8", "hue": "3",
}  # fmt: skip


def acts() -> list[tuple[str, str]]:
    query = select(audit.AuditEntry.act, audit.AuditEntry.scope).order_by(audit.AuditEntry.seq)
    return [tuple(row) for row in db.session.execute(query)]


def test_the_seven_are_there_in_both_languages_and_stay_seven(app: Any) -> None:
    assert [subtheme.slug for subtheme in open_subthemes()] == [
        "online-content", "internet-ecology", "law-online", "youth-internet-culture", "data-and-algorithms",
        "internet-charity", "platform-economy",
    ]  # fmt: skip
    assert all(each.name_zh and each.description_en and each.description_zh for each in open_subthemes())
    assert actions.ensure_seven() == 0
    assert acts() == []


def test_what_an_admin_changed_is_not_set_back(carol: User, subtheme: SubTheme) -> None:
    actions.edit(subtheme, name_en="Data", by=carol)
    actions.archive(subtheme, by=carol)
    assert actions.ensure_seven() == 0
    db.session.refresh(subtheme)
    assert subtheme.name_en == "Data" and subtheme.archived_at


def test_a_sub_theme_is_made(as_: Any, carol: User) -> None:
    assert as_(carol).send("/admin/subthemes/new", **FIELDS).status_code == 303
    made = by_slug("open-science")
    assert made and (made.name_en, made.name_zh, made.position, made.hue) == ("Open science", "开放科学", 8, 3)
    assert acts() == [("subtheme.created", "open-science")]
    assert as_(carol).get("/subthemes/open-science").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"slug": ""}, {"slug": "Open"}, {"slug": "open science"}, {"slug": "-open"}, {"slug": "open--x"}, {"slug": "开放"},
     {"slug": "x" * 61}, {"slug": "open\n"}, {"slug": "../x"}, {"slug": "law-online"}, {"name_en": ""},
     {"name_zh": " "}, {"name_en": "x" * 101}, {"position": "-1"}, {"position": "x"}, {"position": "9" * 20},
     {"hue": "7"}, {"hue": ""},
     {"description_en": "x" * 1001}],
)  # fmt: skip
def test_a_wrong_form_is_kept_and_explained(as_: Any, carol: User, wrong: dict[str, str]) -> None:
    refused = as_(carol).send("/admin/subthemes/new", **{**FIELDS, **wrong})
    assert refused.status_code == 422
    assert "field-error" in refused.text
    if "name_zh" not in wrong:
        assert 'value="开放科学"' in refused.text
    assert by_slug("open-science") is None
    assert acts() == []


def test_it_is_edited_and_its_address_stays(as_: Any, carol: User, subtheme: SubTheme) -> None:
    fields = {**FIELDS, "slug": "elsewhere", "thread_count": "999", "archived_at": "2001-01-01"}
    assert as_(carol).send("/admin/subthemes/data-and-algorithms", **fields).status_code == 303
    db.session.refresh(subtheme)
    assert (subtheme.slug, subtheme.name_en, subtheme.hue) == ("data-and-algorithms", "Open science", 3)
    assert (subtheme.thread_count, subtheme.archived_at) == (0, None)
    entry = db.session.scalars(select(audit.AuditEntry)).one()
    assert entry.act == "subtheme.edited"
    assert set(entry.facts["changed"]) == {
        "name_en", "name_zh", "description_en", "description_zh", "position", "hue",
    }  # fmt: skip


def test_saving_without_a_change_writes_nothing(as_: Any, carol: User, subtheme: SubTheme) -> None:
    same = {name: str(getattr(subtheme, name)) for name in FIELDS if name != "slug"}
    assert as_(carol).send("/admin/subthemes/data-and-algorithms", **same).status_code == 303
    assert acts() == []


def test_an_archived_one_takes_no_new_threads_and_can_be_opened_again(
    as_: Any, carol: User, alice: User, subtheme: SubTheme
) -> None:
    admin = as_(carol)
    for _ in range(2):
        assert admin.send("/admin/subthemes/data-and-algorithms/archive").status_code == 303
    db.session.refresh(subtheme)
    assert subtheme.archived_by_id == carol.id
    assert why_not_start_thread(alice, subtheme)
    assert "data-and-algorithms" not in [each.slug for each in open_subthemes()]
    refused = as_(alice).send("/subthemes/data-and-algorithms/threads/new", title="A title", body="Some words here.")
    assert refused.status_code in (403, 404, 409, 422)
    for _ in range(2):
        assert admin.send("/admin/subthemes/data-and-algorithms/unarchive").status_code == 303
    db.session.refresh(subtheme)
    assert subtheme.archived_at is None and why_not_start_thread(alice, subtheme) is None
    assert [act for act, _scope in acts()] == ["subtheme.archived", "subtheme.edited"], "each once"


def test_nobody_else_edits(alice: User, bob: User, subtheme: SubTheme) -> None:
    for by in (alice, bob):
        with pytest.raises(Forbidden):
            actions.edit(subtheme, name_en="Mine", by=by)
        with pytest.raises(Forbidden):
            actions.archive(subtheme, by=by)
        with pytest.raises(Forbidden):
            actions.create("mine", name_en="Mine", name_zh="我的", by=by)
    assert acts() == []


def test_an_unknown_one_is_not_found(as_: Any, carol: User) -> None:
    for address in ("/admin/subthemes/nowhere", "/admin/subthemes/%00"):
        assert as_(carol).get(address).status_code == 404
    assert as_(carol).send("/admin/subthemes/nowhere/archive").status_code == 404
