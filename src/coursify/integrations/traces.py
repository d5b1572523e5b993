"""OpenTelemetry: spans of requests (FastAPI's own), jobs, SQL, Redis and calls of vendors, sent by OTLP over HTTP.

What leaves the process is an allow-list: no query strings, paths, addresses or messages of exceptions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor, RequestInfo
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.re import parse_env_headers

from coursify.core.logging import log
from coursify.core.settings import WatchSettings

SEND_SECONDS = 5.0
REQUEST_ID = "coursify.request_id"
# Statements have placeholders in place of values; `db.statement` of Redis has `?` for each argument.
ALLOWED = frozenset(
    {
        *("http.request.method", "http.method", "http.route", "http.response.status_code", "http.status_code"),
        *("db.system", "db.system.name", "db.statement", "db.query.text", "db.operation.name"),
        *("error.type", "network.protocol.version", "server.address", "url.scheme", REQUEST_ID),
    }
)


def start_tracing(watch: WatchSettings, *, service: str, version: str) -> Callable[[], None]:
    """Record the spans of this process. Returns what sends the rest and ends it; that may take seconds."""
    resource = Resource({"service.name": service, "service.version": version, "service.instance.id": uuid4().hex})
    provider = TracerProvider(
        sampler=_Sampler(watch.otel_traces_sampler_arg), resource=resource, shutdown_on_exit=False
    )
    provider.add_span_processor(_RequestIds())
    provider.add_span_processor(BatchSpanProcessor(_Scrubbing(_make_exporter(watch))))
    # Baggage of clients is neither read nor passed on.
    set_global_textmap(TraceContextTextMapPropagator())
    trace.set_tracer_provider(provider)
    # A collector that is away is logged once, by the exporter below.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    PsycopgInstrumentor().instrument(tracer_provider=provider)
    RedisInstrumentor().instrument(tracer_provider=provider)
    HTTPXClientInstrumentor().instrument(tracer_provider=provider, async_request_hook=_name_host)

    def stop() -> None:
        for instrumentor in (PsycopgInstrumentor, RedisInstrumentor, HTTPXClientInstrumentor):
            instrumentor().uninstrument()
        provider.shutdown()

    return stop


def _make_exporter(watch: WatchSettings) -> OTLPSpanExporter:
    headers = watch.otel_exporter_otlp_headers
    return OTLPSpanExporter(
        endpoint=f"{watch.otel_exporter_otlp_endpoint}/v1/traces",
        headers=parse_env_headers(headers.get_secret_value(), liberal=True) if headers else None,
        timeout=SEND_SECONDS,
    )


async def _name_host(span: trace.Span, request: RequestInfo) -> None:
    """Of the address that is called, the host alone."""
    span.set_attribute("server.address", urlsplit(str(request.url)).hostname or "")


class _Sampler(Sampler):
    """A share of the traces, decided by the trace id alone, so that no client decides for us.

    What a loop of the process asks a server by itself, such as the queue each second, begins no trace.
    """

    def __init__(self, share: float) -> None:
        ratio = TraceIdRatioBased(share)
        self._usual = ParentBased(ratio, remote_parent_sampled=ratio, remote_parent_not_sampled=ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *rest: Any,
        **others: Any,
    ) -> SamplingResult:
        has_parent = trace.get_current_span(parent_context).get_span_context().is_valid
        if kind is SpanKind.CLIENT and not has_parent:
            return SamplingResult(Decision.DROP)
        return self._usual.should_sample(parent_context, trace_id, name, kind, *rest, **others)

    def get_description(self) -> str:
        return "a share of requests and jobs"


class _RequestIds(SpanProcessor):
    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002  # its signature
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if request_id and span.kind is SpanKind.SERVER:
            span.set_attribute(REQUEST_ID, request_id)


class _Scrubbing(SpanExporter):
    """Sends what is allowed of each span. A collector that is away is logged once, until it is back."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export([_scrub(span) for span in spans])
        is_failing = result is not SpanExportResult.SUCCESS
        if is_failing and not self._is_failing:
            log.warning("traces not sent")
        self._is_failing = is_failing
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _scrub(span: ReadableSpan) -> ReadableSpan:
    """The span without events, links and descriptions, which quote exceptions."""
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in ALLOWED},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
