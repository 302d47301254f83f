"""What runs on SQLite alone (tests/engines.py) meets PostgreSQL here: every page is asked for, every form sent."""

import ast
from itertools import groupby

import pytest
from flask import Flask

from tests.authorization import Line, answer_of
from tests.engines import ON_SQLITE, ROOT
from tests.security.walking import ACCEPTED, accepted_posts, reading, send
from tests.stage import VIEWERS, Stage, put_stage_back

FIRST = ("admin", "holder", "expert_here", "author", "netizen")  # who may most is shown most


def _viewer(line: Line) -> str:
    able = [viewer for viewer in (*FIRST, *VIEWERS) if line.expected(viewer) in ACCEPTED]
    return able[0] if able else FIRST[0]


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_every_page_answers_as_on_sqlite(app: Flask, stage: Stage) -> None:
    """One line of the table for each address, the first that succeeds."""
    wrong = []
    for _path, group in groupby(reading(), lambda line: line.path):
        lines = list(group)
        line = next((each for each in lines if each.expected(_viewer(each)) in ACCEPTED), lines[0])
        answer = answer_of(send(app, stage, line, _viewer(line)))
        if answer != line.expected(_viewer(line)):
            wrong.append(f"{line} for {_viewer(line)}: {answer}")
    assert wrong == []


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_every_form_is_taken_as_on_sqlite(app: Flask, stage: Stage) -> None:
    """Whatever writes, once, by somebody who may."""
    wrong = []
    for line, viewer in accepted_posts():
        answer = answer_of(send(app, stage, line, viewer))
        if answer != line.expected(viewer):
            wrong.append(f"{line} for {viewer}: {answer}")
        put_stage_back()
    assert wrong == []


def test_the_list_of_what_runs_on_sqlite_names_files_and_tests_that_are_there() -> None:
    missing = []
    for path, also in ON_SQLITE.items():
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        missing += [f"{path}: {name}" for name in also.split() if f"test_{name}" not in there]
    assert missing == []
