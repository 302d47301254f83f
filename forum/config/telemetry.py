"""Settings about what programs outside are told: errors by Sentry's protocol, traces by OpenTelemetry's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from forum.config.fixed import VERSION
from forum.config.reading import UnsafeSetting

_DSN = re.compile(r"https?://[^\s:@/]+(:[^\s@/]*)?@[^\s@/]+(/[^\s?#]*)?/[0-9]+")
_RELEASE = re.compile(r"[\w.@+-]{1,100}")


def error_reports(environ: Mapping[str, str]) -> str:
    """Return SENTRY_DSN, "" for none; UnsafeSetting where it is no address of a project or the library is missing."""
    dsn = environ.get("SENTRY_DSN", "").strip()
    if dsn and not _DSN.fullmatch(dsn):
        raise UnsafeSetting("SENTRY_DSN must look like https://KEY@HOST/NUMBER, as Sentry shows it for a project.")
    if dsn:
        _require("SENTRY_DSN", "sentry_sdk")
    return dsn


def traces_endpoint(environ: Mapping[str, str]) -> str:
    """Return OTEL_EXPORTER_OTLP_ENDPOINT, "" for none; UnsafeSetting for what is no address or can't be used."""
    endpoint = environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip().rstrip("/")
    parts = urlsplit(endpoint)
    if endpoint and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise UnsafeSetting(
            "OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://127.0.0.1:4318, without /v1/traces."
        )
    if endpoint:
        _require("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.exporter.otlp.proto.http")
    return endpoint


def traces_share(environ: Mapping[str, str]) -> float:
    """Return which share of all requests and jobs is traced, OTEL_TRACES_SAMPLER_ARG, from 0 to 1."""
    value = environ.get("OTEL_TRACES_SAMPLER_ARG", "").strip() or "0.1"
    if not re.fullmatch(r"0|1|0?\.[0-9]+|1\.0+", value):
        raise UnsafeSetting(f"OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1 such as 0.1, not {value!r}.")
    return float(value)


def release(environ: Mapping[str, str]) -> str:
    """Return what reports and traces call the running version."""
    name = environ.get("FORUM_RELEASE", "").strip() or VERSION
    if not _RELEASE.fullmatch(name):
        raise UnsafeSetting(f"FORUM_RELEASE must be letters, digits and . @ + - _, at most 100 signs, not {name!r}.")
    return name


def _require(setting: str, library: str) -> None:
    try:
        is_there = find_spec(library) is not None
    except ModuleNotFoundError:  # a package around it is missing, too
        is_there = False
    if not is_there:
        raise UnsafeSetting(f"{setting} is set, and its library is not installed. Install it: make observability")
