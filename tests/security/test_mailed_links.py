"""A-4: the secret in the address of a mailed link stays between the letter and the forum, on every such route.

That no cache keeps such a page and no link on it tells its address is looked at in tests/test_authorization.py.
"""

from typing import Any

import pytest
from flask import Flask

from tests.plugins.application import Client

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
