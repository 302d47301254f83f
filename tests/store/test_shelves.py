"""What a shelf does, in a folder as in a bucket; and a bucket that hangs, refuses, breaks off or is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from forum.core.database import now
from forum.core.errors import FilesAway
from forum.store import bucket as buckets
from forum.store.interface import Store
from tests.servers.s3 import KEY, S3, SECRET
from tests.store.conftest import KINDS, bucket

on_both = pytest.mark.parametrize("shelf_", KINDS, indirect=True)
HOSTILE = [
    "",
    ".",
    "..",
    "../secret_key",
    "a/../../b",
    "/etc/passwd",
    "a/b",
    ".hidden",
    "a\x00b",
    "a\n",
    "%2e%2e",
    "x" * 101,
]


@on_both
def test_what_is_put_is_there_until_it_is_deleted(shelf_: Store) -> None:
    assert shelf_.get("a-48.webp") is None and list(shelf_.entries()) == []
    shelf_.put("a-48.webp", b"red")
    shelf_.put("b.zip", b"")
    shelf_.put("a-48.webp", b"blue")
    assert (shelf_.get("a-48.webp"), shelf_.get("b.zip")) == (b"blue", b"")
    assert {(each.name, each.size) for each in shelf_.entries()} == {("a-48.webp", 4), ("b.zip", 0)}
    assert all(abs(each.at - now()) < timedelta(minutes=1) for each in shelf_.entries())
    for _ in range(2):  # repeating it is harmless
        shelf_.delete("a-48.webp")
    assert shelf_.get("a-48.webp") is None and [each.name for each in shelf_.entries()] == ["b.zip"]


@on_both
def test_a_large_file_goes_in_and_out_in_parts(shelf_: Store, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4 * 5_000
    source = tmp_path / "source"
    source.write_bytes(content)
    shelf_.put("large.zip", source)
    assert source.read_bytes() == content, "the source stays"
    source.write_bytes(b"written over")
    opened = shelf_.open("large.zip")
    assert opened and opened.size == len(content)
    with opened.file as file:
        assert file.read(10) == content[:10] and file.read() == content[10:]
    assert shelf_.get("large.zip") == content


@on_both
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_shelf(shelf_: Store, name: str) -> None:
    acts: tuple[Callable[[str], object], ...] = (
        shelf_.get,
        shelf_.open,
        shelf_.delete,
        lambda name: shelf_.put(name, b"x"),
    )
    for act in acts:
        with pytest.raises(ValueError, match="not the name of a file"):
            act(name)


@on_both
def test_everything_is_listed_page_by_page(shelf_: Store, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "PAGE", 3)
    names = {f"{number}.webp" for number in range(8)}
    for name in names:
        shelf_.put(name, b"x")
    s3.seen.clear()
    assert {each.name for each in shelf_.entries()} == names
    assert len(s3.seen) in (0, 3), "no list is asked for as a whole"


def test_a_bucket_holds_other_shelves_and_other_things(s3: S3) -> None:
    client = s3.client()
    for key in ("shelf/mine", "shelf/.none", "shelf/a/b", "shelfish/x", "other/mine"):
        client.put_object(Bucket="forum", Key=key, Body=b"x")
    assert [each.name for each in bucket(s3).entries()] == ["mine"]
    bucket(s3, folder="/deep/er").put("mine", b"y")
    assert "deep/er/shelf/mine" in s3.names() and bucket(s3).get("mine") == b"x"


def _hang(s3: S3) -> None:
    s3.hang()


def _refuse(status: str, code: str) -> Callable[[S3], None]:
    def act(s3: S3) -> None:
        s3.refusal = status, code

    return act


def _break_off(s3: S3) -> None:
    s3.breaks_after = 0


FAULTS = {
    "hangs": (_hang, "does not answer in time"),
    "gone": (S3.stop, "nobody answers there"),
    "breaks off": (_break_off, "without an answer"),
    "forbids": (_refuse("403", "AccessDenied"), "the key needs s3:PutObject"),
    "wrong secret": (_refuse("403", "SignatureDoesNotMatch"), "the secret does not fit"),
    "elsewhere": (_refuse("301", "PermanentRedirect"), "in another region"),
    "busy": (_refuse("503", "SlowDown"), "it answers 503 SlowDown"),
    "broken": (_refuse("500", "InternalError"), "it answers 500 InternalError"),
    "nonsense": (_refuse("400", "<b>"), "it answers 400"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_fails_is_said_to_be_away_and_spared(fault: str, s3: S3, caplog: pytest.LogCaptureFixture) -> None:
    happen, said = FAULTS[fault]
    shelf = bucket(s3)
    shelf.put("x", b"x")
    happen(s3)
    s3.seen.clear()
    acts: tuple[Callable[[], object], ...] = (
        lambda: shelf.get("x"),
        lambda: shelf.put("y", b"y"),
        lambda: shelf.delete("x"),
        lambda: list(shelf.entries()),
    )
    try:
        for act in acts:
            shelf._calls._rests_until = 0.0
            with pytest.raises(FilesAway) as away:
                act()
            assert said in away.value.orig and "the bucket forum at http://127.0.0.1" in away.value.orig
        asked, written = len(s3.seen), len(caplog.records)
        assert asked <= 2 * len(acts), "tries are bounded"
        for act in acts:
            with pytest.raises(FilesAway, match="does not answer"):
                act()
        assert len(s3.seen) == asked and len(caplog.records) == written == len(acts), "it is left alone, without a word"
        assert (
            SECRET not in caplog.text and KEY not in caplog.text and not any(each.exc_info for each in caplog.records)
        )
    finally:
        s3.behave()
        if fault == "gone":
            s3.start()
    shelf._calls._rests_until = 0.0
    assert shelf.get("x") == b"x" and shelf.get("y") is None


@pytest.mark.parametrize(
    ("place", "said"),
    [({"bucket": "nowhere"}, "it does not exist"), ({"key": "somebody"}, "it does not know the key")],
)
def test_a_bucket_that_is_not_there_and_a_wrong_key_are_no_missing_file(
    place: dict[str, str], said: str, s3: S3
) -> None:
    for act in (lambda shelf: shelf.get("x"), lambda shelf: shelf.put("x", b""), lambda shelf: list(shelf.entries())):
        with pytest.raises(FilesAway) as away:
            act(bucket(s3, **place))
        assert said in away.value.orig


@pytest.mark.parametrize("code", ["NotFound", "NoSuchKey"])
def test_a_server_that_is_no_store_is_away(code: str, s3: S3) -> None:
    s3.refusal = "404", code  # as any web server says it
    for act in (lambda shelf: shelf.put("x", b"x"), lambda shelf: list(shelf.entries())):
        with pytest.raises(FilesAway) as away:
            act(bucket(s3))
        assert "as if it were no store" in away.value.orig
    assert bucket(s3).get("x") is None


def test_an_answer_that_ends_early_is_no_file(s3: S3) -> None:
    bucket(s3).put("x", b"x" * 100_000)
    s3.cuts = True
    with pytest.raises(FilesAway) as away:
        bucket(s3).get("x")
    assert "broke off in the middle" in away.value.orig
    opened = bucket(s3).open("x")
    assert opened
    with opened.file as file, pytest.raises(FilesAway):
        while file.read(1024):
            pass


def test_an_answer_that_drips_is_given_up(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "WHOLE_SECONDS", 0.3)
    shelf = bucket(s3)
    shelf.put("x", b"x" * 200)
    s3.drips = True
    with pytest.raises(FilesAway) as away:
        shelf.get("x")
    assert "sends too slowly" in away.value.orig


def test_few_wait_for_a_store_that_hangs(s3: S3, app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from flask import Flask

    from forum.store import calls

    assert isinstance(app, Flask)
    monkeypatch.setattr(calls, "PLACE_SECONDS", 0.1)
    shelf = bucket(s3)
    s3.hang()

    def ask(_number: int) -> str:
        with app.test_request_context():
            try:
                shelf.get("x")
            except FilesAway as away:
                return away.orig
        return ""

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(ask, range(12)))
    assert all(said) and sum("wait for its answer already" in each for each in said) == 12 - calls.PLACES


def test_a_list_without_an_end_is_given_up(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = bucket(s3)
    client = shelf._calls._client()
    again = {"IsTruncated": True, "NextContinuationToken": "again", "Contents": []}
    monkeypatch.setattr(client, "list_objects_v2", lambda **_: again)
    with pytest.raises(FilesAway) as away:
        list(shelf.entries())
    assert "does not go on" in away.value.orig
