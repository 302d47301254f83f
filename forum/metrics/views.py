"""/metrics: for whoever has the operator's token; for everybody else there is no such page."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, request

from forum.metrics import counting

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
def show() -> Response:
    """Show the figures to a request with `Authorization: Bearer METRICS_TOKEN`."""
    token = str(current_app.config["METRICS_TOKEN"])
    given = request.authorization.token if request.authorization and request.authorization.type == "bearer" else None
    if not token or not hmac.compare_digest((given or "").encode(), token.encode()):
        abort(404)
    text, kind = counting.counts().text()
    return Response(text, content_type=kind, headers={"Cache-Control": "no-store"})
