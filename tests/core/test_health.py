"""Ready means: the database is there and has this version's tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from forum.core.database import transaction


def test_ready_only_at_this_versions_tables(client: Any) -> None:
    assert (client.get("/health/ready").status_code, client.get("/health/ready").json) == (200, {"status": "ready"})
    with transaction() as session:
        head = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json) == (503, {"status": "the database is not set up for this version"})
        assert client.get("/health/live").status_code == 200
    finally:
        with transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert client.get("/health/ready").status_code == 200
