"""AZ-1: every route answers each kind of viewer as tests/authorization.py says, and a refusal writes nothing."""

from itertools import groupby

import pytest
from flask import Flask

from tests.authorization import Line, answer_of, asked, lines, route
from tests.stage import VIEWERS, Stage, put_stage_back, written

REFUSALS = {"login", "400", "401", "403", "404", "405", "409", "422"}
ROUTES = {name: list(group) for name, group in groupby(lines(), lambda line: f"{line.method} {line.path}")}
READING = [name for name in ROUTES if name.startswith("GET")]
WRITING = [name for name in ROUTES if not name.startswith("GET")]


def test_the_table_has_every_route_and_no_other(app: Flask) -> None:
    routes = {
        f"{method} {route(rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert sorted(routes - set(ROUTES)) == [], "routes that tests/authorization.py does not speak of"
    assert sorted(set(ROUTES) - routes) == [], "lines of tests/authorization.py without a route"


def test_the_table_says_each_thing_once() -> None:
    said = [str(line) for line in lines()]
    assert len(said) == len(set(said))
    assert len(ROUTES) == len(list(groupby(lines(), lambda line: (line.method, line.path)))), "keep a route together"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", READING)
def test_reading(app: Flask, stage: Stage, name: str) -> None:
    assert _differences(app, stage, ROUTES[name]) == []


@pytest.mark.parametrize("name", WRITING)
def test_writing(app: Flask, stage: Stage, name: str) -> None:
    assert _differences(app, stage, ROUTES[name]) == []


def _differences(app: Flask, stage: Stage, group: list[Line]) -> list[str]:
    """Return where answers differ from the table, each cell asked with the stage as it was built."""
    found = []
    for line in group:
        for viewer in VIEWERS:
            answer, wrote = _answer(app, stage, line, viewer)
            if answer != line.expected(viewer):
                found.append(f"{line} for {viewer}: {answer}, not {line.expected(viewer)}")
            if wrote and (answer in REFUSALS or line.method == "GET"):
                found.append(f"{line} for {viewer}: {answer}, and yet it wrote {wrote}")
            if wrote:
                put_stage_back()
    return found


def _answer(app: Flask, stage: Stage, line: Line, viewer: str) -> tuple[str, list[str]]:
    request, client = asked(line, stage, viewer), stage.client(app, viewer)
    fields = {"csrf_token": client.csrf_token(), **request.fields} if line.method != "GET" else None
    with written() as wrote:
        answer = client.open(
            request.url,
            method=line.method,
            query_string=request.query,
            data=fields,
            headers=request.headers,
            buffered=True,
        )
    return answer_of(answer), wrote
