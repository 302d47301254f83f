"""R-4 and R-9, short: each step of a reply fails once, or the process dies there. All acts: `make faults`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.faults.inside import Inside, entered
from bench.faults.stage import Stage
from bench.faults.steps import each_step_fails, each_step_kills
from forum.guard import Guard
from forum.search.index import current_index


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_each_step_of_a_reply_fails_and_kills_once(app: Any, guard: Guard, tmp_path: Path) -> None:
    current_index().rebuild([])  # what other tests of this process have left there
    house, stage = entered(app), Stage(tmp_path, guard)
    assert each_step_fails(stage, house, "reply", Inside.reply) > 5
    assert each_step_kills(stage, house, "sqlite", "reply") > 5
    assert stage.sheet.faults == []
