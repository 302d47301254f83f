"""Showing a picture of oneself: sent, changed, removed, refused; where it is seen, and how it is served."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forum.accounts.models import Standing
from forum.avatars import actions
from forum.avatars.sizes import FILE_BYTES, SIZES
from forum.core.database import db, now
from forum.core.web import CSP
from tests.avatars.files import HTML, PRETENDERS, gif_claiming, picture, png_claiming
from tests.security.strict_headers import missing


def form(browser: Any, data: bytes, name: str = "me.png", **fields: Any) -> dict[str, Any]:
    """Return a form with a file as a browser writes it; by hand, since the client would put large ones on the disk."""
    fields = {"csrf_token": browser.csrf_token(), **fields}
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    head = f'Content-Disposition: form-data; name="picture"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    body = b"".join(b"--border\r\n" + part + b"\r\n" for part in [*parts, head.encode() + data])
    return {"data": body + b"--border--\r\n", "content_type": "multipart/form-data; boundary=border"}


def send(browser: Any, data: bytes, name: str = "me.png", **fields: Any) -> Any:
    return browser.post("/settings/avatar", **form(browser, data, name, **fields))


def folder(app: Any) -> Path:
    return Path(app.config["FORUM_INSTANCE"]) / "uploads" / "avatars"


@pytest.fixture(autouse=True)
def _empty_folder(app: Any) -> None:
    for path in folder(app).glob("*"):
        path.unlink()


def files(app: Any) -> set[str]:
    return {path.name for path in folder(app).glob("*")}


def test_a_picture_is_taken_and_shown(app, client, as_, alice, thread):
    browser = as_(alice)
    assert send(browser, picture()).status_code == 303
    db.session.refresh(alice)
    assert re.fullmatch("[0-9a-f]{32}", alice.avatar)
    assert files(app) == {f"{alice.avatar}-{size}.webp" for size in SIZES}
    for page in (f"/threads/{thread.id}/{thread.slug}", "/people/alice"):
        assert f"/avatars/{alice.avatar}-" in client.get(page).text
    assert f'src="/avatars/{alice.avatar}-48.webp"' in browser.get("/about").text, "in the bar on top"


def test_it_is_served_as_a_picture_and_nothing_else(client, as_, alice):
    send(as_(alice), picture(), "x.html")
    db.session.refresh(alice)
    for reader in (client, as_(alice)):
        for size in SIZES:
            answer = reader.get(f"/avatars/{alice.avatar}-{size}.webp")
            assert (answer.status_code, answer.mimetype) == (200, "image/webp")
            assert answer.data[:4] == b"RIFF" and answer.data[8:12] == b"WEBP"
            assert answer.headers["Content-Disposition"] == f'inline; filename="{alice.avatar}-{size}.webp"'
            assert answer.headers["Content-Security-Policy"] == f"{CSP}; sandbox"
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "Accept-Language" not in answer.vary and "Set-Cookie" not in answer.headers
            assert missing(answer) == []


def test_serving_one_asks_the_database_nothing(as_, alice, statements):
    browser = as_(alice)
    send(browser, picture())
    db.session.refresh(alice)
    address = f"/avatars/{alice.avatar}-48.webp"
    with statements() as seen:
        assert browser.get(address).status_code == 200
    assert seen == []


@pytest.mark.parametrize(
    "name",
    ["x", "../../../secret_key", "..%2f..%2f..%2fsecret_key", "0" * 32, "0" * 32 + "-48.webp", "0" * 32 + "-49.webp",
     "0" * 32 + "-48.webp%00.html", "%00", "A" * 300, "0" * 32 + "-48.webp/..", "draft.1.2", "."],
)  # fmt: skip
def test_every_other_name_is_not_found(client, name):
    assert client.get(f"/avatars/{name}").status_code in (404, 308)


def test_another_picture_takes_the_place_of_the_former(app, client, as_, alice):
    browser = as_(alice)
    send(browser, picture())
    db.session.refresh(alice)
    former = alice.avatar
    send(browser, picture(color=9))
    db.session.refresh(alice)
    assert alice.avatar != former and len(files(app)) == 3
    assert client.get(f"/avatars/{former}-48.webp").status_code == 404


def test_removing_it_leaves_nothing_and_the_seal_is_back(app, as_, alice, ann):
    browser = as_(alice)
    send(browser, picture())
    seal = re.search(r'class="portrait portrait-l (seal-\d+)"', as_(ann).get("/people/ann").text)
    assert seal
    assert "<img" in browser.get("/people/alice").text
    for _ in range(2):  # repeating it is harmless
        assert browser.send("/settings/avatar", remove="1").status_code == 303
        assert files(app) == set()
        page = browser.get("/people/alice").text
        assert "<img" not in page and "portrait-l seal-" in page


def test_a_seal_is_always_the_same_for_one_person(client, alice, person):
    kinds = {person(f"reader_{letter}").seal for letter in "abcdefghjkmnpqrs"}
    assert len({way for _, way in kinds}) > 4, "and not the same for all"
    assert person("li_wei", display_name="李伟").seal[0] == "李"
    assert person("dots", display_name="… \U0001f600 émile").seal[0] == "É"
    assert alice.seal == db.session.get(type(alice), alice.id).seal
    for _ in range(2):
        assert f"seal-{alice.seal[1]}" in client.get("/people/alice").text


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["me.png", "me.html", "me.png.html", "../../me.png", "me\x00.png", "x" * 300 + ".png", ""]
)
def test_the_name_of_the_file_means_nothing(app, as_, alice, name):
    assert send(as_(alice), picture(), name or "a").status_code == 303
    assert all(re.fullmatch(r"[0-9a-f]{32}-\d+\.webp", file) for file in files(app))
    assert send(as_(alice), HTML, name or "a").status_code == 422


@pytest.mark.parametrize(
    "data", [*PRETENDERS.values(), png_claiming(50_000, 50_000), gif_claiming(65_535, 65_535), picture(20, 20), b""]
)
def test_a_refused_file_changes_nothing_and_says_why(app, as_, alice, data):
    browser = as_(alice)
    send(browser, picture())
    before = files(app)
    refused = send(browser, data)
    assert refused.status_code == 422
    assert 'class="field-error"' in refused.text and "alert(1)" not in refused.text
    assert files(app) == before


def test_ten_megabytes_are_refused_unread(app, as_, alice):
    browser = as_(alice)
    for size in (10_000_000, FILE_BYTES + 100_000):
        refused = send(browser, picture() + b"\0" * size)
        assert refused.status_code == 413
        assert "larger than 4 MB" in refused.text
    assert send(browser, (picture() + b"\0" * FILE_BYTES)[: FILE_BYTES + 1]).status_code == 422, "one byte over"
    assert send(browser, (picture() + b"\0" * FILE_BYTES)[:FILE_BYTES]).status_code == 303
    assert len(files(app)) == 3


def test_only_this_route_takes_so_much(as_, alice):
    browser = as_(alice)
    assert browser.post("/settings/profile", **form(browser, b"x" * 2_000_000)).status_code == 413


def test_a_body_without_an_end_is_not_read(as_, alice):
    class Endless(io.RawIOBase):
        asked = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.asked += len(buffer)
            assert self.asked < 2 * FILE_BYTES, "it is read on and on"
            buffer[:] = b"x" * len(buffer)
            return len(buffer)

    ending = {"wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = as_(alice).post("/settings/avatar", environ_overrides=ending)
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("standing", [Standing.UNCONFIRMED, Standing.WAITING])
def test_whoever_is_not_yet_approved_waits(app, as_, person, standing):
    newcomer = person("newcomer", standing=standing)
    browser = as_(newcomer)
    said = {
        Standing.UNCONFIRMED: "as soon as your account is confirmed",
        Standing.WAITING: "once a moderator has approved your account",
    }
    assert said[standing] in browser.get("/settings/avatar").text
    assert send(browser, picture()).status_code == 403
    assert files(app) == set()


def test_strangers_and_the_suspended_send_nothing(app, client, as_, sam, alice):
    assert send(client, picture()).status_code == 401
    assert send(as_(sam), picture()).status_code == 401
    forged = {"picture": (io.BytesIO(picture()), "me.png")}
    assert as_(alice).post("/settings/avatar", data=forged).status_code == 400, "without our form's token"
    assert files(app) == set()


def test_extra_fields_change_nothing(app, as_, alice, ann):
    send(as_(alice), picture(), user_id=str(ann.id), avatar="x", username="ann", role="admin", name="x")
    db.session.refresh(alice)
    db.session.refresh(ann)
    assert (ann.avatar, alice.role, alice.username) == ("", "netizen", "alice") and alice.avatar != "x"


@pytest.mark.limits
def test_six_a_minute(as_, alice):
    browser = as_(alice)
    assert [send(browser, HTML).status_code for _ in range(7)] == [422] * 6 + [429]


# -- what a crash leaves behind ----------------------------------------------------------------------------------------


def test_files_without_a_row_are_swept_away_later(app, as_, alice, clock):
    send(as_(alice), picture())
    for name in ("0" * 32 + "-48.webp", "draft.7.abcd"):
        (folder(app) / name).write_bytes(b"left behind")
    assert actions.remove_orphans() == 0, "a row may still be on its way"
    clock.move(hours=2)
    assert actions.remove_orphans() == 2
    db.session.refresh(alice)
    assert {name.partition("-")[0] for name in files(app)} == {alice.avatar} and len(files(app)) == 3


def test_the_worker_sweeps_once_an_hour(app, work, clock, monkeypatch):
    monkeypatch.setattr(actions._sweep, "at", now() - timedelta(minutes=59))
    folder(app).mkdir(parents=True, exist_ok=True)
    orphan = folder(app) / ("0" * 32 + "-48.webp")
    orphan.write_bytes(b"left behind")
    monkeypatch.setattr(actions, "ORPHANED_AFTER", timedelta(seconds=-60))
    work()
    assert orphan.exists()
    clock.move(minutes=2)
    work()
    assert not orphan.exists()
