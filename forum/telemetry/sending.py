"""Sending spans to the collector: by a thread, in bounds, and never for long at the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from forum.config import REPORTS_LAST_SECONDS

PATIENCE_SECONDS = 5.0  # for the collector to take one batch, with all that is tried again
MOST_WAITING = 2_048  # spans; the oldest of more are dropped
AT_ONCE = 256
EVERY_SECONDS = 2.0
SILENCE_SECONDS = 60.0  # between two complaints

log = logging.getLogger(__name__)


class Sender:
    """What makes spans and sends them."""

    def __init__(self, endpoint: str, release: str, environment: str, share: float) -> None:
        """`endpoint` without /v1/traces; `share` of what begins a trace is traced, from 0 to 1."""
        ours = {"service.name": "forum", "service.version": release, "deployment.environment.name": environment}
        named = Resource.create().merge(Resource(ours)).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)),
            resource=named,
            shutdown_on_exit=False,
            span_limits=SpanLimits(max_events=0, max_links=0),
        )
        exporter = _Quiet(OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=PATIENCE_SECONDS))
        self._provider.add_span_processor(_Bounded(exporter))
        self.tracer = self._provider.get_tracer("forum", release)

    def close(self) -> None:
        """Send what waits, for a moment."""
        self._provider.shutdown()


class _Bounded(BatchSpanProcessor):
    """The library's queue, whose own end may take half a minute where the collector is silent."""

    def __init__(self, exporter: SpanExporter) -> None:
        super().__init__(
            exporter,
            max_queue_size=MOST_WAITING,
            schedule_delay_millis=EVERY_SECONDS * 1000,
            max_export_batch_size=AT_ONCE,
        )

    def shutdown(self) -> None:
        self._batch_processor.shutdown(timeout_millis=int(REPORTS_LAST_SECONDS * 1000))


class _Quiet(SpanExporter):
    """An exporter that says once a minute, in a line of ours, that nobody takes what it sends."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._said = -SILENCE_SECONDS
        for name in ("opentelemetry.exporter", "opentelemetry.sdk"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # a line for each batch, and for each lost span

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; those that nobody takes are lost."""
        result = self._inner.export(spans)
        if result is not SpanExportResult.SUCCESS and time.monotonic() - self._said >= SILENCE_SECONDS:
            self._said = time.monotonic()
            log.warning("the collector of OTEL_EXPORTER_OTLP_ENDPOINT takes no traces; they are lost")
        return result

    def shutdown(self) -> None:
        """Let go of the connection; what is being sent is broken off."""
        self._inner.shutdown()
