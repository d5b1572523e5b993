"""`GET /metrics`: what it counts, who may read it, and what reading the database costs."""

from __future__ import annotations

import dataclasses
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from structlog.testing import capture_logs
from tests.support.application import client_of, client_to
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.core.counted import STATEMENTS, Statements
from coursify.core.database import Connection, Database
from coursify.core.settings import Settings
from coursify.figures import collect
from coursify.figures.models import FAMILIES
from coursify.worker import RunJobs

Json = dict[str, Any]
SLOT = "coursify_backup"
TOKEN = "prometheus-asks-with-this"


def value(text: str, name: str, **labels: str) -> float:
    """The sum of the samples with these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


async def scrape(client: httpx.AsyncClient, **headers: str) -> str:
    response = await client.get("/metrics", headers=headers)
    assert response.status_code == 200, response.text
    return response.text


async def test_a_request_is_counted_by_operation_and_class_of_status(client: httpx.AsyncClient) -> None:
    name = "coursify_http_request_duration_seconds_count"
    before = await scrape(client)
    assert (await client.get("/api/v1/courses")).status_code == 200
    assert (await client.get("/api/v1/courses/0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70")).status_code == 404
    for path in ("/nobody/0199", "/nobody/0200"):
        assert (await client.get(path)).status_code == 404
    after = await scrape(client)
    counted = {
        (operation, status): value(after, name, operation=operation, status=status)
        - value(before, name, operation=operation, status=status)
        for operation, status in (("list_courses", "2xx"), ("get_course", "4xx"), ("none", "4xx"))
    }
    assert counted == {("list_courses", "2xx"): 1, ("get_course", "4xx"): 1, ("none", "4xx"): 2}
    assert "/nobody" not in after
    assert "0199b2f0" not in after
    sql = "coursify_sql_statements_total"
    assert value(after, sql, caller="request") > value(before, sql, caller="request")


async def test_a_purchase_appears_in_every_figure(
    client: httpx.AsyncClient,
    database: Database,
    shop: Shop,
    classroom: Classroom,
    student: Person,
    course: Json,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collect, "LIFETIME_SECONDS", 0.0)
    before = await scrape(client)
    await shop.buy(student, course["id"])
    after = await scrape(client)
    for name, labels in (
        ("coursify_provider_call_duration_seconds_count", {"provider": "stripe", "outcome": "ok"}),
        ("coursify_provider_call_duration_seconds_count", {"provider": "mail", "outcome": "ok"}),
        ("coursify_emails_total", {"outcome": "accepted"}),
        ("coursify_job_duration_seconds_count", {"job": "webhooks.handle_event", "outcome": "succeeded"}),
        ("coursify_provider_events_received_total", {"provider": "stripe"}),
    ):
        assert value(after, name, **labels) > value(before, name, **labels), name
    assert value(after, "coursify_paid_not_granted") == 0


async def test_only_the_bearer_of_the_token_may_read(app: FastAPI, settings: Settings, clean: None) -> None:
    watched = dataclasses.replace(settings, watch=settings.watch.model_copy(update={"metrics_token": SecretStr(TOKEN)}))
    async with client_of(watched) as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"})).status_code == 404
        assert "coursify_database_up 1" in await scrape(client, Authorization=f"Bearer {TOKEN}")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_without_a_token_a_proxy_may_not_read(client: httpx.AsyncClient, header: str) -> None:
    assert (await client.get("/metrics", headers={header: "for=127.0.0.1"})).status_code == 404


async def test_without_a_token_another_machine_may_not_read(app: FastAPI, settings: Settings, clean: None) -> None:
    async with client_to(app, settings) as client:
        client._transport.client = ("10.0.0.9", 40_000)  # type: ignore[attr-defined]
        assert (await client.get("/metrics")).status_code == 404


async def test_prometheus_may_ask_at_the_address_of_a_process(client: httpx.AsyncClient) -> None:
    assert "coursify_database_up 1" in await scrape(client, Host="10.1.2.3:8000")
    assert (await client.get("/", headers={"Host": "10.1.2.3:8000"})).status_code == 400


async def test_figures_are_read_at_most_once_in_15_seconds(database: Database, clean: None) -> None:
    first = await collect.collect_figures(database, slot=SLOT)
    token = STATEMENTS.set(statements := Statements())
    try:
        again = await collect.collect_figures(database, slot=SLOT)
    finally:
        STATEMENTS.reset(token)
    assert again == first
    assert statements.count == 1


async def test_while_one_process_reads_the_others_get_the_last_figures(
    database: Database, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await collect.collect_figures(database, slot=SLOT)
    monkeypatch.setattr(collect, "LIFETIME_SECONDS", 0.0)
    await db.execute("SELECT pg_advisory_lock(7301912)")
    try:
        assert await collect.collect_figures(database, slot=SLOT) == first
    finally:
        await db.execute("SELECT pg_advisory_unlock(7301912)")
    assert await collect.collect_figures(database, slot=SLOT) != first


async def test_what_waits_has_an_age(client: httpx.AsyncClient, db: Connection, run_jobs: RunJobs) -> None:
    await db.execute(
        """
        INSERT INTO provider_events (provider, event_id, type, object_type, object_id, state, received_at)
        VALUES ('stripe', 'evt_1', 'payment_intent.succeeded', 'payment_intent', 'pi_1', 'received',
                now() - interval '10 minutes')
        """
    )
    await db.execute(
        """
        INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES
            ('money', 'webhooks.handle_event', 'todo', now() - interval '5 minutes'),
            ('media', 'media.transcode_video', 'failed', NULL)
        """
    )
    await db.execute(
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        VALUES ('money_difference', 'payment', 'p', 'Stripe has another amount.', now(), now())
        """
    )
    text = await scrape(client)
    assert 590 < value(text, "coursify_oldest_unhandled_event_seconds") < 700
    assert 290 < value(text, "coursify_oldest_job_seconds", job="webhooks.handle_event") < 400
    assert value(text, "coursify_jobs", job="webhooks.handle_event", status="todo") == 1
    assert value(text, "coursify_media_videos", state="failed") == 1
    assert value(text, "coursify_payments_drift") == 1


async def test_every_family_is_described(client: httpx.AsyncClient) -> None:
    described = {family.name for family in text_string_to_metric_families(await scrape(client))}
    assert set(FAMILIES) <= described


BACKUPS = "coursify_backup_last_success_timestamp_seconds"
VERIFIED = "coursify_backup_last_verified_restore_timestamp_seconds"
LAG = "coursify_backup_wal_lag_bytes"


async def test_backups_have_an_age_and_the_slot_a_lag(
    client: httpx.AsyncClient, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "LIFETIME_SECONDS", 0.0)
    assert not {BACKUPS, VERIFIED, LAG} & series(await scrape(client))

    await db.execute(
        """
        INSERT INTO backup_states (operation, succeeded_at, failed_at, problem) VALUES
            ('full', to_timestamp(1800000000), NULL, NULL), ('media', NULL, now(), 'The disk is full.')
        """
    )
    text = await scrape(client)
    assert value(text, BACKUPS, operation="full") == 1_800_000_000
    assert value(text, BACKUPS, operation="media") == 0
    assert {BACKUPS, VERIFIED, LAG} <= series(text)
    assert value(text, VERIFIED) == 0
    assert value(text, LAG) == -1

    await db.execute("INSERT INTO backup_states (operation, succeeded_at) VALUES ('verify', to_timestamp(1800000100))")
    await db.execute("SELECT pg_create_physical_replication_slot('coursify_backup', true)")
    try:
        text = await scrape(client)
    finally:
        await db.execute("SELECT pg_drop_replication_slot('coursify_backup')")
    assert value(text, VERIFIED) == 1_800_000_100
    assert 0 <= value(text, LAG) < 1_000_000_000


async def test_figures_that_cannot_be_read_grow_old_and_are_logged_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = value(await scrape(client), collect.TAKEN)

    async def fail(*_arguments: object, **_others: object) -> None:
        raise psycopg.errors.QueryCanceled

    monkeypatch.setattr(collect, "LIFETIME_SECONDS", 0.0)
    monkeypatch.setattr(collect, "read_figures", fail)
    with capture_logs() as lines:
        for _ in range(2):
            text = await scrape(client)
            assert value(text, collect.TAKEN) == before
            assert value(text, "coursify_database_up") == 1
    assert [line["error"] for line in lines if line["event"] == "figures not read"] == ["QueryCanceled"]


def series(text: str) -> set[str]:
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
