"""One's own archive: complete, one's own only, made once a day by the worker, there for 48 hours, for its owner."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.http import parse_options_header

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict
from forum.leaving import actions, kept, making, parts, queries
from forum.leaving import archive as writing
from forum.leaving.models import DataExport
from forum.mail.models import Mail
from forum.store.shelves import folder_shelf
from tests.leaving.conftest import WORD

# Columns that name a person and are in nobody's archive, each with the reason why.
NOT_IN_IT = {
    "age_changes.changed_by_id": "who set somebody else's age group",
    "users.approved_by_id": "the act of a moderator, in the public log of whoever did it",
    "users.invited_by_id": "in the archive of whoever was invited, as a number; the inviter has the invitation",
    "invitations.used_by_id": "the inviter's; the invited one's account says by whom",
    "ties.other_id": "what others keep from somebody is theirs to know",
    "role_grants.granted_by_id": "the act of an admin, in the public log",
    "conducts.published_by_id": "the act of an admin, in the public log",
    "theme_moderators.appointed_by_id": "the act of an admin, in the public log",
    "theme_moderators.ended_by_id": "the act of an admin, in the public log",
    "credentials.granted_by_id": "the act of an admin, in the public log",
    "credentials.revoked_by_id": "the act of an admin, in the public log",
    "credential_applications.decided_by_id": "the act of a moderator, in the public log",
    "notifications.actor_id": "the notice belongs to whoever got it; what caused it is a post",
    "threads.last_author_id": "counted from posts",
    "threads.asked_by_id": "their own thread, or the act of a moderator, in the public log",
    "chosen_answers.locked_by_id": "the act of a moderator, in the public log",
    "threads.pinned_by_id": "the act of a moderator, in the public log",
    "threads.locked_by_id": "the act of a moderator, in the public log",
    "threads.slow_by_id": "the act of a moderator, in the public log",
    "posts.state_by_id": "the author's own act, or a decision",
    "subthemes.archived_by_id": "the act of an admin, in the public log",
    "site_settings.changed_by_id": "the act of an admin, in the public log",
    "cases.claimed_by_id": "lasts half an hour",
    "questions.routed_to_id": "the act of a moderator; the expert has a notice of it",
    "questions.decided_by_id": "the act of a moderator, in the public log",
    "ask_steps.by_id": "the act of a moderator, in the public log",
    "case_notes.to_id": "what a colleague wrote, not they",
    "purges.by_id": "the act of an admin, in the public log",
    "bulk_acts.reversed_by_id": "the act of a moderator, in the public log",
    "users.merging_into_id": "stands only while an admin merges two accounts of one person",
    "half_sign_ins.user_id": "lasts ten minutes and holds nothing but a hash",
    "message_reports.decided_by_id": "the act of a moderator, in the public log",
}  # fmt: skip


def test_every_column_that_names_a_person_is_in_the_archive_or_has_a_reason(app: Any) -> None:
    users = db.metadata.tables["users"]
    naming = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.references(users.c.id)
    }
    covered = {part.column for part in parts.all_parts()}
    missing = naming - covered - NOT_IN_IT.keys()
    assert not missing, "put it into a Part, or say in NOT_IN_IT why not"
    assert not covered & NOT_IN_IT.keys()


def test_every_column_of_the_account_is_in_the_archive_or_has_a_reason(app: Any) -> None:
    columns = {column.name for column in db.metadata.tables["users"].columns}
    assert columns == set(kept.ACCOUNT) | kept.LEFT_OUT.keys()


def archive_folder() -> Path:
    """Where archives lie on this machine."""
    return folder_shelf("exports").path


def _made(user: User, work: Any) -> zipfile.ZipFile:
    export_id = actions.ask_for_archive(user).id
    work()
    export = db.session.get(DataExport, export_id)
    assert export and export.state == "ready"
    assert export.done == export.total
    return zipfile.ZipFile(io.BytesIO(making.archives().get(export.file) or b""))


def test_the_archive_holds_everything_of_hers_and_nothing_of_others(quince: User, ann: User, work: Any) -> None:
    archive = _made(quince, work)
    found = json.loads(archive.read("data.json"))
    empty = {part.name for part in parts.all_parts() if not found[part.name]}
    office = {"public_log_by_you", "case_notes", "bulk_acts", "decisions", "appeals_decided", "second_opinions"}
    of_messages = {"message_reports", "reports_about_you", "message_appeals", "message_appeals_decided"}
    assert empty <= office | of_messages | {"sessions_hosted"}, "planted, and missing"
    texts = {post["body"] for post in found["posts"]}
    assert {f"Deleted {WORD}.", f"A bad {WORD}.", f"Many thanks from {WORD}."} <= texts
    assert [version["body"] for version in found["former_versions"]] == [f"Thanks from {WORD}."]
    assert found["flags"][0]["note"] == f"Says {WORD}."
    assert found["cases"][0]["reason"] == "It is an advertisement."
    assert found["appeals"][0]["words"] == f"It praises {WORD}, and sells nothing."
    assert [message["body"] for message in found["messages"]] == [f"Hello from {WORD}."]
    assert found["account"][0]["email"] == f"{WORD}@example.org"
    whole = archive.read("data.json").decode() + archive.read("index.html").decode()
    for foreign in ("I do, @", "Good day.", "Look at it.", quince.password_hash, "h" * 64, "安安", ann.email, "bob"):
        assert str(foreign) not in whole, foreign


def test_the_page_is_readable_and_loads_nothing(quince: User, work: Any) -> None:
    page = _made(quince, work).read("index.html").decode()
    assert f"<p>Many thanks from {WORD}.</p>" in page
    for sign in ("<script", "src=", "@import", "url("):
        assert sign not in page
    assert page.index("What you wrote") < page.index("What is kept about you")
    shown = {fact for part in parts.all_parts() for item in part.items(quince.id) for fact in item.facts}
    assert shown <= parts.LABELS.keys(), "every value has a name in words"


def test_the_page_speaks_the_persons_language(quince: User, work: Any) -> None:
    with transaction():
        quince.language = "zh_Hans"
    assert '<html lang="zh-Hans">' in _made(quince, work).read("index.html").decode()


def test_a_hostile_word_stays_text(quince: User, work: Any) -> None:
    with transaction():
        quince.place = "<script>alert(1)</script>"
    assert "<script" not in _made(quince, work).read("index.html").decode()


@pytest.mark.parametrize(("name", "plain"), [("李明", "archive-{}"), ("李-ming", "ming-{}"), ("ming", "ming-{}")])
def test_its_name_is_one_also_where_nothing_but_ascii_is_known(
    app: Any, person: Any, as_: Any, work: Any, monkeypatch: Any, name: str, plain: str
) -> None:
    monkeypatch.setitem(app.config, "SITE_NAME", "集思")
    owner = person(name)
    _made(owner, work)
    export = queries.latest(owner.id)
    assert export
    answer = as_(owner).get(f"/settings/data/{export.id}")
    answer.close()
    header = answer.headers["Content-Disposition"]
    day = f"{now():%Y-%m-%d}"
    assert f"filename={plain.format(day)}.zip" in header, "no file begins with a hyphen, or is called .zip"
    assert parse_options_header(header)[1]["filename"] == f"集思-{name}-{day}.zip"


def test_only_the_owner_fetches_it_within_48_hours(
    quince: User, ann: User, carol: User, as_: Any, client: Any, work: Any, clock: Any
) -> None:
    _made(quince, work)
    export = queries.latest(quince.id)
    assert export
    path, address = archive_folder() / export.file, f"/settings/data/{export.id}"
    assert path.stat().st_mode & 0o777 == 0o600
    answer = as_(quince).get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == ["data.json", "index.html"]
    answer.close()
    named = parse_options_header(answer.headers["Content-Disposition"])[1]["filename"]
    assert re.fullmatch(r"[A-Z].*-quincebramble-\d{4}-\d\d-\d\d\.zip", named)
    assert [as_(other).get(address).status_code for other in (ann, carol)] == [404, 404]
    assert client.get(address).status_code == 302 or client.get(address).status_code == 303
    hers = as_(quince)
    clock.move(minutes=16)
    assert b"PK" not in hers.get(address).data, "an open browser is not enough: the password is asked for again"
    clock.move(hours=47, minutes=44, seconds=1)
    hers = as_(quince)
    assert hers.get(address).status_code == 404, "also before the sweep"
    work()
    assert not path.exists()
    assert "48 hours are over" in hers.get("/settings/data").text


def test_a_letter_says_that_it_is_ready_and_holds_no_secret(quince: User, work: Any) -> None:
    _made(quince, work)
    letter = db.session.scalar(select(Mail).where(Mail.template == "export_ready"))
    assert letter and letter.address == quince.email
    assert letter.facts == {}


def test_one_at_a_time_and_one_a_day(quince: User, as_: Any, work: Any, app: Any) -> None:
    hers = as_(quince)
    assert hers.send("/settings/data").status_code == 303
    assert hers.send("/settings/data").status_code == 409
    with pytest.raises(Conflict):
        actions.ask_for_archive(quince)
    work()
    assert "Fetch the archive" in hers.get("/settings/data").text
    assert app.config["LIMITS"]["EXPORT"] == "1 per day"


def test_a_maker_that_died_is_replaced_and_one_that_lives_is_not(quince: User, work: Any, clock: Any) -> None:
    export_id = actions.ask_for_archive(quince).id
    claimed = making._claim(export_id)
    assert claimed and making._claim(export_id) is None, "somebody is at it"
    dead = claimed.file
    drafts = [archive_folder() / f"draft.{dead}", archive_folder() / dead]
    for draft in drafts:
        draft.write_bytes(b"half")
    work()
    assert queries.latest(quince.id).state == "working"
    clock.move(minutes=3)
    work()
    export = queries.latest(quince.id)
    assert export.state == "ready" and export.file != dead
    with pytest.raises(making.Superseded):
        making._touch(export_id, dead, done=1)
    making._sweep.at = None
    work()
    assert all(draft.exists() for draft in drafts), "it may be one that is being written"
    for draft in drafts:
        os.utime(draft, (0, 0))
    work()
    assert all(draft.exists() for draft in drafts), "once an hour"
    clock.move(minutes=61)
    work()
    assert not any(draft.exists() for draft in drafts), "what the dead one left is swept away"
    assert making.archives().get(export.file), "and what can be fetched stays"


def test_an_archive_that_kills_its_makers_is_given_up(quince: User, as_: Any, clock: Any) -> None:
    export_id = actions.ask_for_archive(quince).id
    for _ in range(3):
        assert making._claim(export_id), "begun, and its maker dies"
        clock.move(minutes=3)
    assert making._claim(export_id) is None
    assert "could not be made" in as_(quince).get("/settings/data").text
    making.make_owed_archives()
    assert queries.latest(quince.id).state == "failed"


def test_a_sweep_makes_one_archive_so_that_other_work_gets_its_turn(quince: User, ann: User) -> None:
    both = [actions.ask_for_archive(each).id for each in (quince, ann)]
    made = []
    for _ in both:
        making.make_owed_archives()
        made.append([db.session.get(DataExport, each, populate_existing=True).state for each in both])
    assert made == [["ready", "owed"], ["ready", "ready"]]


def test_progress_is_shown_while_it_is_made(quince: User, as_: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(parts, "BATCH", 1)
    monkeypatch.setattr(writing, "BATCH", 1)
    seen: list[str] = []
    hers = as_(quince)
    touch = making._touch

    def watch(export_id: int, file: str, **facts: Any) -> None:
        touch(export_id, file, **facts)
        if facts.get("done") == 9 and "state" not in facts:
            seen.append(hers.get("/settings/data", headers={"X-Requested-With": "fetch"}).text)

    monkeypatch.setattr(making, "_touch", watch)
    making.make_archive(actions.ask_for_archive(quince).id)
    assert "9 of " in seen[0] and "<progress" in seen[0] and "<html" not in seen[0]


def test_what_cannot_be_made_is_said_and_may_be_asked_for_again(quince: User, as_: Any, monkeypatch: Any) -> None:
    hers, before = as_(quince), set(archive_folder().iterdir())
    monkeypatch.setattr(writing, "_json", lambda *_: 1 / 0)
    making.make_archive(actions.ask_for_archive(quince).id)
    assert "could not be made" in hers.get("/settings/data").text
    assert set(archive_folder().iterdir()) == before
    monkeypatch.undo()
    assert hers.send("/settings/data").status_code == 303
