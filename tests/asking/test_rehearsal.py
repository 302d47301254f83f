"""Two thousand real questions in a session's store: the same question in other words is among the first five."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from forum.asking import similar
from forum.asking.models import AskSession, Question
from forum.core.database import db, now, transaction
from forum.search.documents import everything
from forum.search.index import current_index
from forum.threads.models import Post
from tests.asking.conftest import present

CORPORA = Path(os.environ.get("CORPORA", Path(__file__).parents[3] / "shared" / "data"))
FILE = CORPORA / "zh-qa-medical" / "internal-medicine-2000.jsonl"
ASKED = 100

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not FILE.exists(), reason="CORPORA lacks zh-qa-medical: set it to the folder that has it"),
    pytest.mark.parametrize("app", ["sqlite"], indirect=True),
]


def test_the_same_question_in_other_words_is_found(session: AskSession, alice, clock, capsys) -> None:
    """What stands in the session is the question's text; what is typed is its title, as its asker put it shortly.

    Titles that are a piece of the text are no rewording and left out.
    """
    lines = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    clock.move(days=1, hours=1)
    with transaction() as writer:
        rows = [
            {"thread_id": session.thread_id, "author_id": alice.id, "position": 10 + n, "body": line["question"],
             "html": "<p></p>", "plain": line["question"], "render_version": 1, "lang": "zh", "state": "visible",
             "published_at": now(), "created_at": now(), "notified_at": now()}
            for n, line in enumerate(lines)
        ]  # fmt: skip
        ids = list(writer.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows))
        writer.execute(insert(Question), [{"post_id": one, "session_id": session.id} for one in ids])
    current_index().rebuild(everything())
    here = present(session)
    typed = [
        (post_id, line["title"])
        for post_id, line in zip(ids, lines, strict=True)
        if line["title"] not in line["question"] and similar.in_common(line["title"], line["question"]) < similar.NEAR
    ]
    chosen = typed[:: max(1, len(typed) // ASKED)][:ASKED]
    assert len(chosen) == ASKED
    started = now()
    found = [post_id in [one.post_id for one in similar.alike(here, title)] for post_id, title in chosen]
    took = (now() - started) / ASKED
    each = took / timedelta(milliseconds=1)
    with capsys.disabled():
        sys.stdout.write(f"\n{sum(found)} of {ASKED} rewordings found in the first five, {each:.0f} ms each\n")
    assert sum(found) >= ASKED // 2
    db.session.rollback()
