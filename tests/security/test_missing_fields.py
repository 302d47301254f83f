"""D-3: a form that lacks any of its fields, or has nonsense in them, is answered plainly."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.authorization import Line, asked
from tests.security.test_csrf import ACCEPTABLE
from tests.security.walking import send
from tests.stage import Stage, put_stage_back

PARTS = 4  # so that no test is left when all others are done
NONSENSE = "-1e999\u202e𠀀"


def damages(line: Line, stage: Stage, viewer: str) -> list[dict[str, Any]]:
    """Return what is changed: each field left out, none at all, and nonsense in all."""
    names = list(asked(line, stage, viewer).fields)
    return [*({name: None} for name in names), dict.fromkeys(names), dict.fromkeys(names, NONSENSE)]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_field_is_taken_for_granted(app: Flask, stage: Stage, part: int) -> None:
    broken = []
    for line, viewer in ACCEPTABLE[part::PARTS]:
        for changes in damages(line, stage, viewer):
            try:
                answer = send(app, stage, line, viewer, **changes)
                fault = answer.status if answer.status_code >= 500 else ""
            except Exception as error:  # what would be a 500 is raised on in tests
                fault = repr(error)
            if fault:
                broken.append((str(line), changes, fault))
            put_stage_back()
    assert broken == []
