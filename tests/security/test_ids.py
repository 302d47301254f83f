"""Every id on a page is there once, and whatever names another element by its id names one that is there."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask

from tests.authorization import Line
from tests.core.html_trees import whole_page
from tests.security.walking import reading, send
from tests.stage import Stage

POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@SQLITE
@pytest.mark.parametrize("line", reading(), ids=str)
def test_ids_are_unique_and_labels_lead_somewhere(app: Flask, stage: Stage, line: Line) -> None:
    for viewer in ("anonymous", "author", "admin"):
        answer: Any = send(app, stage, line, viewer)
        if not answer.content_type.startswith("text/html") or "<main" not in answer.text:
            continue
        elements = list(whole_page(answer.text).iter())
        ids = Counter(element.get("id") for element in elements if element.get("id"))
        assert [name for name, count in ids.items() if count > 1] == [], viewer
        named = {name for element in elements for pointer in POINTERS for name in element.get(pointer, "").split()}
        assert named - ids.keys() == set(), viewer
