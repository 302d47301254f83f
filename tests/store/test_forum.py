"""Pictures and archives with the files in folders and in a bucket: the same pages; what people see when it is away."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from forum.accounts.models import KEEP_POSTS, User
from forum.avatars import actions
from forum.avatars.sizes import SIZES
from forum.avatars.store import avatars
from forum.core.database import db, now, transaction
from forum.leaving import actions as leaving
from forum.leaving import archive, making, queries
from forum.leaving.models import DataExport
from forum.store import bucket
from forum.store.shelves import folder_shelf, shelf
from moderation.profiles import pictures
from tests.avatars.files import picture
from tests.avatars.test_choosing import send
from tests.servers.s3 import S3
from tests.store.conftest import KINDS, rested

on_both = pytest.mark.parametrize("files_in", KINDS, indirect=True)
in_bucket = pytest.mark.parametrize("files_in", ["bucket"], indirect=True)


def names(of: str = "avatars") -> set[str]:
    """Return what lies on a shelf."""
    return {each.name for each in shelf(of).entries()}


def shown(person: User) -> set[str]:
    """Return the files of the picture that somebody shows."""
    db.session.refresh(person)
    return {actions.file_of(person.avatar, size) for size in SIZES}


@on_both
def test_a_picture_is_put_served_changed_and_removed(files_in: str, client: Any, as_: Any, alice: User, s3: S3) -> None:
    browser = as_(alice)
    assert send(browser, picture()).status_code == 303
    first = shown(alice)
    assert names() == first
    assert (len(s3.names()) == 3) is (files_in == "bucket") and bool(names() & _lying("avatars")) is (
        files_in == "folder"
    )
    for name in first:
        answer = client.get(f"/avatars/{name}")
        assert (answer.status_code, answer.mimetype, answer.data[8:12]) == (200, "image/webp", b"WEBP")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    send(browser, picture(color=9))
    assert names() == shown(alice) and client.get(f"/avatars/{min(first)}").status_code == 404
    browser.send("/settings/avatar", remove="1")
    assert names() == set() and s3.names() == []


def _lying(of: str) -> set[str]:
    return {each.name for each in folder_shelf(of).entries()}


@on_both
@pytest.mark.parametrize("name", ["../secret_key", "..%2f..%2fsecret_key", "%2e%2e", "draft.1.2", "x" * 500])
def test_hostile_names_are_not_found(files_in: str, client: Any, name: str, s3: S3) -> None:
    s3.seen.clear()
    assert client.get(f"/avatars/{name}").status_code in (404, 308)
    assert s3.seen == [], "nobody asks for them"


@on_both
def test_what_no_row_names_is_swept_after_an_hour(
    files_in: str, as_: Any, alice: User, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(actions, "TOGETHER", 2)
    send(as_(alice), picture())
    for number in range(3):
        avatars().put(f"{number}" * 32 + "-48.webp", b"left behind")
    assert actions.remove_orphans() == 0, "a row may still be on its way"
    clock.move(hours=2)
    assert actions.remove_orphans() == 3
    assert names() == shown(alice)


@on_both
def test_an_archive_is_made_fetched_and_thrown_away(
    files_in: str, as_: Any, alice: User, work: Any, clock: Any
) -> None:
    export_id = leaving.ask_for_archive(alice).id
    work()
    export = db.session.get_one(DataExport, export_id)
    assert names("exports") == {export.file}
    assert _lying("exports") == (names("exports") if files_in == "folder" else set()), "no draft is left"
    answer = as_(alice).get(f"/settings/data/{export_id}")
    assert answer.content_length == export.size == len(answer.data)
    assert answer.headers["Cache-Control"] == "no-store" and answer.mimetype == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    answer.close()
    clock.move(hours=49)
    work()
    assert names("exports") == set()


@on_both
def test_a_purge_leaves_no_archive(files_in: str, alice: User, work: Any) -> None:
    leaving.ask_for_archive(alice)
    work()
    making.archives().put("nobodys.zip", b"left by a store that was away")
    making.throw_away_all()
    assert names("exports") == set() and queries.latest(alice.id).state == "expired"


@on_both
def test_a_flagged_picture_is_kept_as_evidence_and_given_back(files_in: str, as_: Any, alice: User) -> None:
    send(as_(alice), picture())
    name = next(iter(shown(alice))).partition("-")[0]
    pictures.freeze(alice)
    actions.remove_avatar(alice)
    assert names() == set()
    pictures.give_back(alice, name)
    assert names() == shown(alice) and len(names()) == 3


@on_both
def test_rows_that_name_what_is_not_there_are_mended_after_a_restore(
    files_in: str, as_: Any, alice: User, ann: User
) -> None:
    send(as_(alice), picture())
    with transaction() as session:
        session.execute(update(User).where(User.id == ann.id).values(avatar="f" * 32))
    assert "1 people's pictures" in actions.forget_missing()
    db.session.refresh(ann)
    assert ann.avatar == "" and shown(alice) == names()
    assert actions.forget_missing() == ""


# -- while the bucket is away -----------------------------------------------------------------------------------------


@in_bucket
def test_readers_see_a_neutral_picture(
    files_in: str, app: Any, client: Any, as_: Any, alice: User, s3: S3, thread: Any
) -> None:
    send(as_(alice), picture())
    name = min(shown(alice))
    for happen in (s3.hang, s3.stop):
        happen()
        rested(app)
        answer = client.get(f"/avatars/{name}")
        assert (answer.status_code, answer.mimetype) == (503, "image/svg+xml") and "<script" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Retry-After"]
        assert client.get(f"/threads/{thread.id}/{thread.slug}").status_code == 200, "pages need no file"
    s3.start()
    s3.behave()
    rested(app)
    assert client.get(f"/avatars/{name}").status_code == 200


@in_bucket
@pytest.mark.parametrize("answered", [0, 1, 2])
def test_a_picture_that_can_not_be_put_is_refused_and_changes_nothing(
    files_in: str, app: Any, as_: Any, alice: User, s3: S3, answered: int, clock: Any
) -> None:
    browser = as_(alice)
    send(browser, picture())
    before = shown(alice)
    s3.breaks_after = answered
    refused = send(browser, picture(color=9))
    assert refused.status_code == 503 and refused.headers["Retry-After"]
    assert "does not answer, so nothing was saved" in refused.text
    assert shown(alice) == before, "the row names what is there"
    s3.behave()
    rested(app)
    assert len(names()) == 3 + answered
    clock.move(hours=2)
    assert actions.remove_orphans() == answered and names() == before


@in_bucket
def test_a_former_picture_that_can_not_be_deleted_is_swept_later(
    files_in: str, app: Any, as_: Any, alice: User, s3: S3, clock: Any, caplog: Any
) -> None:
    browser = as_(alice)
    send(browser, picture())
    s3.breaks_after = 3
    assert send(browser, picture(color=9)).status_code == 303, "the new one is there"
    assert not any(record.exc_info for record in caplog.records)
    s3.behave()
    rested(app)
    assert len(names()) == 6
    clock.move(hours=2)
    assert actions.remove_orphans() == 3 and names() == shown(alice)


@in_bucket
def test_an_archive_waits_for_the_bucket(
    files_in: str, app: Any, as_: Any, alice: User, s3: S3, work: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = leaving.ask_for_archive(alice).id
    written, write = [], archive.write
    monkeypatch.setattr(archive, "write", lambda *given: written.append(given) or write(*given))
    s3.stop()
    for _ in range(making.ATTEMPTS + 1):
        rested(app)
        making.make_archive(export_id)
        assert db.session.get_one(DataExport, export_id, populate_existing=True).state == "owed"
    assert not any(record.exc_info for record in caplog.records) and _lying("exports") == set()
    assert written == [], "all of it would be thrown away"
    s3.start()
    rested(app)
    making.make_archive(export_id)
    assert db.session.get_one(DataExport, export_id, populate_existing=True).state == "ready"
    s3.hang()
    answer = as_(alice).get(f"/settings/data/{export_id}")
    assert answer.status_code == 503 and answer.headers["Retry-After"] and "does not answer" in answer.text


@in_bucket
def test_an_archive_that_no_call_can_carry_is_given_up(
    files_in: str, alice: User, s3: S3, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = leaving.ask_for_archive(alice).id
    monkeypatch.setattr(bucket, "LARGEST", 100)
    making.make_archive(export_id)
    assert db.session.get_one(DataExport, export_id, populate_existing=True).state == "failed" and names() == set()


@in_bucket
def test_nobody_takes_over_an_archive_on_its_slow_way(
    files_in: str, alice: User, s3: S3, work: Any, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    export_id = leaving.ask_for_archive(alice).id
    put, found = bucket.Bucket.put, []

    def put_slowly(*given: Any) -> None:
        clock.move(minutes=30)
        found.append(queries.oldest_unmade())
        put(*given)

    monkeypatch.setattr(bucket.Bucket, "put", put_slowly)
    monkeypatch.setattr(making, "SLOWEST", 1)  # a second for each byte of some thousands
    making.make_archive(export_id)
    assert found == [None]
    assert db.session.get_one(DataExport, export_id, populate_existing=True).state == "ready"


@in_bucket
def test_a_purge_is_not_settled_before_the_archives_are_gone(
    files_in: str, app: Any, alice: User, s3: S3, work: Any
) -> None:
    leaving.ask_for_archive(alice)
    work()
    s3.refusal = "503", "SlowDown"
    with pytest.raises(making.FilesAway):
        making.throw_away_all()
    s3.behave()
    rested(app)
    assert len(names("exports")) == 1
    making.throw_away_all()
    assert names("exports") == set(), "though its row was cleared the first time"


@in_bucket
def test_a_flag_on_a_profile_waits_for_the_bucket(
    files_in: str, app: Any, as_: Any, alice: User, ann: User, s3: S3
) -> None:
    send(as_(alice), picture())
    s3.refusal = "500", "InternalError"
    refused = as_(ann).send("/people/alice/flags", reason="spam", note="")
    assert refused.status_code == 503
    s3.behave()
    rested(app)
    assert as_(ann).send("/people/alice/flags", reason="spam", note="").status_code == 303


@in_bucket
def test_a_deletion_goes_on_once_the_bucket_is_back(
    files_in: str, app: Any, as_: Any, alice: User, s3: S3, clock: Any, caplog: Any
) -> None:
    from forum.leaving import closing

    send(as_(alice), picture())
    leaving.ask_for_archive(alice)
    making.make_owed_archives()
    leaving.leave(alice, KEEP_POSTS)
    clock.move(days=8)
    s3.stop()
    closing.delete_due()
    told = [record for record in caplog.records if "can't be deleted, the next sweep tries again" in record.message]
    assert told and not any(record.exc_info for record in caplog.records)
    s3.start()
    rested(app)
    closing.delete_due()
    assert names("exports") == set()
    actions.remove_orphans()
    assert names() == set() and now() - timedelta(days=1)
