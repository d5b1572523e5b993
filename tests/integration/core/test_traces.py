"""Traces by OTLP: one for a request, what it writes, its jobs, and the calls of vendors; nothing personal in any."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry import propagate, trace
from opentelemetry.util._once import Once
from pydantic import SecretStr
from tests.support.application import client_to, resources_of
from tests.support.classroom import Classroom, Person
from tests.support.otlp_standin import Collector, SpanSeen, collecting
from tests.support.shop import Shop
from tests.support.stripe_standin import StripeStandin

from coursify import app as application
from coursify import worker
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.integrations.traces import ALLOWED

Json = dict[str, Any]
pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CLIENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@dataclass(frozen=True)
class Traced:
    shop: Shop
    classroom: Classroom
    collector: Collector

    async def spans(self) -> list[SpanSeen]:
        trace.get_tracer_provider().force_flush()  # type: ignore[attr-defined]
        return self.collector.spans()


@pytest.fixture
async def traced(
    settings: Settings, db: Connection, stripe_standin: StripeStandin, clean: None
) -> AsyncIterator[Traced]:
    """Another application and its worker, with traces, in this process."""
    usual = propagate.get_global_textmap()
    with collecting() as collector:
        watch = settings.watch.model_copy(
            update={
                "otel_exporter_otlp_endpoint": collector.url,
                "otel_exporter_otlp_headers": SecretStr("api-key=of-the-collector"),
            }
        )
        changed = dataclasses.replace(settings, watch=watch)
        built = application.build(changed)
        async with built.router.lifespan_context(built), client_to(built, changed) as client:
            resources = resources_of(built)
            async with worker.open_queue(resources, with_clock=False) as queue:
                shop = Shop(client, stripe_standin, resources, lambda: worker.run_due(queue))
                yield Traced(shop, Classroom(built, client, db), collector)
    trace._TRACER_PROVIDER, trace._TRACER_PROVIDER_SET_ONCE = None, Once()
    propagate.set_global_textmap(usual)


def below(spans: list[SpanSeen], root: SpanSeen) -> list[SpanSeen]:
    """The span and all that it caused."""
    known = {root.span}
    while more := {span.span for span in spans if span.parent in known} - known:
        known |= more
    return [span for span in spans if span.span in known]


async def test_a_purchase_is_traced_from_the_request_to_stripe(traced: Traced) -> None:
    teacher = await traced.classroom.person("instructor")
    course = await traced.classroom.published(teacher, price=5000)
    student: Person = await traced.classroom.person("student")
    await traced.shop.buy(student, course["id"])
    spans = await traced.spans()

    (checkout,) = [span for span in spans if span.name == "POST /api/v1/payments"]
    caused = below(spans, checkout)
    assert {"INSERT", "COMMIT", "POST"} <= {span.name for span in caused}
    assert {span.trace for span in caused} == {checkout.trace}
    assert checkout.attributes["http.response.status_code"] == 201
    assert checkout.attributes["coursify.request_id"]

    webhook = next(span for span in spans if span.name == "POST /api/v1/payments/webhook" and jobs_of(spans, span))
    names = [span.name for span in below(spans, webhook)]
    assert {"INSERT", "webhooks.handle_event", "GET", "mail.send_email"} <= set(names), names
    assert {span.trace for span in spans if span in below(spans, webhook)} == {webhook.trace}
    assert all(headers["api-key"] == "of-the-collector" for _path, headers, _body in traced.collector.posts)


def jobs_of(spans: list[SpanSeen], root: SpanSeen) -> list[SpanSeen]:
    return [span for span in below(spans, root) if span.name == "mail.send_email"]


async def test_a_refund_is_one_trace_from_the_request_through_its_job_to_stripe(traced: Traced) -> None:
    teacher = await traced.classroom.person("instructor")
    admin = await traced.classroom.person("admin")
    student = await traced.classroom.person("student")
    course = await traced.classroom.published(teacher, price=5000)
    payment = await traced.shop.buy(student, course["id"])
    assert (await traced.shop.refund(admin, payment["id"])).status_code == 202
    await traced.shop.run_jobs()
    spans = await traced.spans()
    (request,) = [span for span in spans if span.name == "POST /api/v1/payments/refund"]
    (job,) = [span for span in below(spans, request) if span.name == "payments.execute_refund"]
    assert job.trace == request.trace
    calls = [span for span in spans if span.parent == job.span and "http.method" in span.attributes]
    assert [(span.name, span.attributes["server.address"]) for span in calls] == [("POST", "127.0.0.1")]


async def test_spans_are_not_doubled_and_have_nothing_personal(traced: Traced) -> None:
    student = await traced.classroom.person("student")
    answer = await traced.shop.client.get(
        "/api/v1/courses", params={"search": "ada@example.com"}, headers={"traceparent": CLIENT, "baggage": "who=ada"}
    )
    assert answer.status_code == 200
    assert (await student.get("/users/me")).status_code == 200
    assert (await traced.shop.client.get("/metrics")).status_code == 200
    spans = await traced.spans()

    assert len([span for span in spans if span.name == "GET /api/v1/courses"]) == 1
    assert len([span for span in spans if span.name == "GET /api/v1/users/me"]) == 1
    assert not [span for span in spans if "metrics" in span.name]
    roots = [span for span in spans if not span.parent]
    assert all(span.name.startswith(("GET ", "POST ", "PATCH ", "PUT ")) for span in roots), roots
    assert {name for span in spans for name in span.attributes} <= ALLOWED
    sent = b"".join(body for _path, _headers, body in traced.collector.posts)
    assert b"@example.com" not in sent
    assert b"eyJ" not in sent


async def test_the_job_of_a_trace_runs_in_a_worker_that_knows_no_traces(
    traced: Traced, db: Connection, run_jobs: worker.RunJobs
) -> None:
    """The trace is in the job's lock: its arguments are the ids alone, as in every older version."""
    teacher = await traced.classroom.person("instructor")
    course = await traced.classroom.published(teacher, price=5000)
    student = await traced.classroom.person("student")
    await traced.shop.pay(student, course["id"])
    cursor = await db.execute("SELECT task_name, lock, args::text FROM procrastinate_jobs WHERE lock IS NOT NULL")
    jobs = await cursor.fetchall()
    assert len({lock for _name, lock, _args in jobs}) == len(jobs)
    assert all(lock.startswith("trace:00-") and "trace" not in args for _name, lock, args in jobs)
