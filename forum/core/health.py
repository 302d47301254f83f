"""/health/live: the process answers. /health/ready: it can do its work (database there and migrated)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from forum.core.schema import pending_migration

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live() -> Response:
    """Say that this process answers."""
    return jsonify(status="live")


@bp.get("/ready")
def ready() -> tuple[Response, int]:
    """Say whether the database answers and has this version's tables: one small statement."""
    try:
        pending = pending_migration()
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), 503
    if pending:
        return jsonify(status="the database is not set up for this version"), 503
    return jsonify(status="ready"), 200
