"""A Redis that hangs while a limit is counted is one line of the log, and any other fault is told in full."""

from __future__ import annotations

import logging

import pytest
from redis.exceptions import TimeoutError as HungUp

from forum.core import limits
from forum.core.log_lines import PlainLines, ToStandardError


@pytest.mark.parametrize(("error", "lines"), [(HungUp("no answer\nin time"), 1), (KeyError("ours"), 5)])
def test_its_line(capsys: pytest.CaptureFixture[str], error: Exception, lines: int) -> None:
    log, to_standard_error = logging.getLogger("flask-limiter"), ToStandardError()
    assert limits.in_one_line in log.filters
    to_standard_error.setFormatter(PlainLines())
    log.addHandler(to_standard_error)
    try:
        try:
            raise error
        except type(error):
            log.exception("Failed to deduct rate limit. Swallowing error")
    finally:
        log.removeHandler(to_standard_error)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("ERROR flask-limiter: Failed to deduct rate limit")
    assert len(said) == lines if lines == 1 else len(said) >= lines
    assert ("no answer" in said[0]) == (lines == 1)
