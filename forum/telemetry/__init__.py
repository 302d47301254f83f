"""What programs outside are told, where the operator wishes so: errors (Sentry) and traces (OpenTelemetry).

Without their settings nothing of it is loaded. docs/operations.md says what is sent, and what never is.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Watch over `app` as its settings say; to be called before others look at its requests."""
    if app.config["SENTRY_DSN"]:
        from forum.telemetry import errors  # noqa: PLC0415 - see the room's first lines

        errors.init_app(app)
    if app.config["OTEL_EXPORTER_OTLP_ENDPOINT"]:
        from forum.telemetry import traces  # noqa: PLC0415 - the same

        traces.init_app(app)


def stand_in_front(app: Flask) -> None:
    """Watch over what stands in front of Flask as well."""
    if app.config["SENTRY_DSN"]:
        from forum.telemetry import errors  # noqa: PLC0415 - the same

        app.wsgi_app = errors.Watched(app.wsgi_app)  # type: ignore[method-assign]
