"""The trace of a request goes on in the jobs that it writes (docs/decisions/0051).

Only the API of OpenTelemetry is used here; without `integrations/traces.py` nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT = "traceparent"
_PREFIX = "trace:"
_propagator = TraceContextTextMapPropagator()


def make_lock() -> str | None:
    """A lock of one job alone, which names the span that writes the job; None without a trace.

    Every version of the worker takes a job with a lock, and no other job has this one.
    """
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return f"{_PREFIX}{carrier[TRACEPARENT]}:{uuid4().hex}" if TRACEPARENT in carrier else None


@contextmanager
def tracing_job(name: str, lock: str | None) -> Iterator[None]:
    """One span for a run of a job, in the trace that its lock names; otherwise in a trace of its own."""
    traceparent = (lock or "").removeprefix(_PREFIX).partition(":")[0]
    parent = _propagator.extract({TRACEPARENT: traceparent}, context=Context())
    with trace.get_tracer("coursify").start_as_current_span(
        name, context=parent, kind=SpanKind.CONSUMER, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
