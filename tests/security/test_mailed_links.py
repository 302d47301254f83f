"""A-4: the secret in the address of a mailed link stays between the letter and the forum, on every such route."""

from typing import Any

import pytest
from flask import Flask

from tests.authorization import asked, lines
from tests.plugins.application import Client
from tests.stage import VIEWERS, Stage, put_stage_back

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SECRET = "kumquatsecret"


def routes(app: Flask) -> dict[str, str]:
    """Return the path with a secret for every route that has one, by its endpoint."""
    return {
        rule.endpoint: rule.rule.replace("<token>", SECRET)
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments
    }


@SQLITE
@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_cache_keeps_the_page_and_no_link_tells_its_address(app: Flask, stage: Stage, viewer: str) -> None:
    wrong, tried = [], 0
    for line in lines():
        if "<token>" in line.path:
            request, client = asked(line, stage, viewer), stage.client(app, viewer)
            fields = {"csrf_token": client.csrf_token(), **request.fields} if line.method == "POST" else None
            answer = client.open(request.url, method=line.method, data=fields)
            kept = (answer.headers.getlist("Cache-Control"), answer.headers.getlist("Referrer-Policy"))
            tried += 1
            if kept != (["no-store"], ["no-referrer"]):
                wrong.append((str(line), answer.status, kept))
            if line.method == "POST":
                put_stage_back()
    assert wrong == []
    assert tried > 10


@SQLITE
def test_a_fault_does_not_write_it_into_the_log(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(token: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(app, "testing", False)
    found = routes(app)
    assert len(found) > 4
    for endpoint in found:
        monkeypatch.setitem(app.view_functions, endpoint, broken)
    for path in found.values():
        for answer in (client.get(path), client.send(path)):
            assert answer.status_code in (405, 500), path  # 405: it only reads
    assert "incident" in caplog.text
    assert SECRET not in caplog.text
