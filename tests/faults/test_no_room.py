"""R-3, one by one: no room for a picture, for a line of the log, for what a job writes. The whole is `make faults`."""

from __future__ import annotations

import errno
import io
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from forum.accounts.models import User
from forum.core import jobs
from forum.core.log_lines import ToStandardError
from forum.store.folder import Folder
from tests.avatars.files import picture
from tests.avatars.test_choosing import send

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_picture_without_room_is_refused_as_busy(
    app: Any, as_: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = as_(alice)

    def full(_self: Path, _data: bytes) -> None:
        raise FULL

    monkeypatch.setattr(Path, "write_bytes", full)
    refused = send(browser, picture())
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "There is no room left" in refused.text and "incident" not in refused.text
    monkeypatch.undo()
    assert send(browser, picture()).status_code == 303


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_no_lack_of_room_stays_an_incident(
    app: Any, as_: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "not ours")

    monkeypatch.setattr(Folder, "put", broken)
    with pytest.raises(PermissionError):  # which tests see, and readers as a page with a number
        send(as_(alice), picture())


class Full(io.StringIO):
    """Standard error on a full disk."""

    def write(self, _text: str) -> int:
        """Find no room."""
        raise FULL


def test_a_line_of_the_log_that_finds_no_room_is_lost_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handler, record = ToStandardError(), logging.makeLogRecord({"msg": "words"})
    with monkeypatch.context() as moment:
        moment.setattr(sys, "stderr", Full())
        complaints: list[Any] = []
        moment.setattr(logging.StreamHandler, "handleError", lambda *_: complaints.append(1))
        handler.emit(record)
        assert complaints == []
        handler.emit(logging.makeLogRecord({"msg": "%d", "args": ("no number",)}))
        assert complaints == [1], "what is wrong with a record is told"
    handler.emit(record)
    assert capsys.readouterr().err.endswith("words\n")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_job_that_finds_no_room_is_told_of_in_one_line(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    def grow() -> None:
        raise FULL

    def stumble() -> None:
        raise ValueError("a fault of ours")

    for function in (grow, stumble):
        jobs.job(function)
    try:
        jobs.enqueue(grow)
        app.extensions["huey"].execute(app.extensions["huey"].dequeue())
        (said,) = caplog.records
        assert said.message == "the job grow failed: [Errno 28] No space left on device" and not said.exc_info
        caplog.clear()
        jobs.enqueue(stumble)
        app.extensions["huey"].execute(app.extensions["huey"].dequeue())
        assert any(record.exc_info for record in caplog.records), "that has a traceback"
    finally:
        del jobs._jobs["grow"], jobs._jobs["stumble"]
