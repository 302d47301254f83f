"""/health/live: the process answers. /health/ready: it can do its work (database there and migrated)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from forum.core.database import db

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/live")
def live() -> Response:
    """Say that this process answers."""
    return jsonify(status="live")


@bp.get("/ready")
def ready() -> tuple[Response, int]:
    """Say whether the database answers."""
    try:
        db.session.execute(text("SELECT seq FROM audit_head"))
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ready"), 200
