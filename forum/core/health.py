"""/health/live: the process answers. /health/ready: it can do its work (database there and migrated, not stopping)."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from forum.core.schema import pending_migration

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live() -> Response:
    """Say that this process answers."""
    return jsonify(status="live")


@bp.get("/ready")
def ready() -> tuple[Response, int]:
    """Say whether this process is to be asked: it is not being stopped, the database answers and has the tables.

    A database that a newer version has migrated has them, too (docs/decisions/0027): one small statement.
    """
    if _is_stopping():
        return jsonify(status="stopping"), 503
    try:
        pending = pending_migration()
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), 503
    if pending:
        return jsonify(status="the database is not set up for this version"), 503
    return jsonify(status="ready"), 200


def _is_stopping() -> bool:
    """Whether forum/serve.py was asked to stop: it tells by a file, which all processes of a web server see."""
    sign = current_app.config["STOPPING_FILE"]
    return bool(sign) and Path(sign).exists()
