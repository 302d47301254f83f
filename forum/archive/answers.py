"""What an expert's answer carries in a file: its sources, its correction, and that it is *the* answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from forum.archive.ids import Ids
from forum.archive.records import Record
from forum.archive.tallies import Tallies
from forum.core.database import db
from forum.threads.models import ChosenAnswer


def beside(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a post that hold what stands beside its text. Nobody is told of an old correction."""
    corrected = fields.get("corrected")
    return {
        "sources": fields.get("sources", []),
        "correction": fields.get("correction", ""),
        "corrected_at": corrected,
        "correction_told_at": corrected,
    }


def choose(session: Session, records: Iterable[Record], ids: Ids, tallies: Tallies) -> None:
    """Let the answers that were chosen in the file be *the* answers of their questions, where there is none yet."""
    for record in records:
        if not record.fields.get("chosen"):
            continue
        thread = tallies.threads[ids.of("thread", record.fields["thread"])]
        if thread.is_question and db.session.get(ChosenAnswer, thread.id) is None:
            post, by = ids.of("post", record.id), ids.of("person", record.fields["chosen_by"])
            chosen_at = record.fields["chosen"]
            session.add(ChosenAnswer(thread_id=thread.id, post_id=post, chosen_at=chosen_at, chosen_by_id=by))
            thread.is_answered = True
