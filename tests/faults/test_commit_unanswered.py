"""When a COMMIT or its reply is lost, no success is reported without a row, and nothing is done twice."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from tests.support.application import client_of
from tests.support.classroom import Classroom
from tests.support.flaky_proxy import FlakyProxy, When, flaky_proxy
from tests.support.plain_http import PLAIN
from tests.support.shop import Json, Shop, new_key
from tests.support.stripe_standin import StripeStandin

from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio

EVENTS = 25
ROWS = "SELECT count(*) FROM provider_events WHERE event_id = %s"


@pytest.fixture
async def proxy(settings: Settings) -> AsyncIterator[FlakyProxy]:
    async with flaky_proxy(settings.database.database_url.get_secret_value()) as opened:
        yield opened


@pytest.fixture
async def fragile(settings: Settings, proxy: FlakyProxy, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that connects to its database through the proxy."""
    database = settings.database.model_copy(update={"database_url": SecretStr(proxy.url)})
    own = dataclasses.replace(settings, database=database)
    async with client_of(own) as opened:
        yield opened


async def make_events(shop: Shop, standin: StripeStandin) -> list[Json]:
    paid = {"amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    async with httpx.AsyncClient(base_url=standin.url, **PLAIN, auth=(standin.secret_key, "")) as api:
        for _ in range(EVENTS):
            made = await api.post("/v1/payment_intents", data=paid)
            assert made.status_code == 200, made.text
    return [event for event in await shop.events() if event["type"] == "payment_intent.succeeded"]


@pytest.mark.parametrize("when", ["before", "after", "either"])
async def test_no_webhook_gets_2xx_without_its_row_and_each_is_stored_once(
    fragile: httpx.AsyncClient, classroom: Classroom, shop: Shop, proxy: FlakyProxy, when: When
) -> None:
    events = await make_events(shop, shop.standin)
    inbox = dataclasses.replace(shop, client=fragile)
    statuses = []
    stored_without_success = 0
    proxy.arm(share=0.5, when=when)
    for event in events:
        for _ in range(30):
            answer = await inbox.deliver(event)
            statuses.append(answer.status_code)
            [(rows,)] = await classroom.rows(ROWS, event["id"])
            if answer.is_success:
                assert rows == 1, event["id"]
                break
            assert answer.status_code == 503
            stored_without_success += rows
        else:
            pytest.fail(f"{event['id']} was never accepted")
    assert len(statuses) > len(events) == EVENTS
    assert sum(proxy.cuts.values()) == statuses.count(503)
    assert bool(stored_without_success) == (when != "before")
    assert await classroom.rows("SELECT count(*) FROM provider_events") == [(EVENTS,)]
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'webhooks.handle_event'"
    assert await classroom.rows(jobs) == [(EVENTS,)]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("skip", [0, 1], ids=["acquiring the key", "the work and its response"])
async def test_a_lost_commit_under_a_key_is_a_503_and_a_retry_gets_the_response_at_once(
    fragile: httpx.AsyncClient, classroom: Classroom, proxy: FlakyProxy, when: When, skip: int
) -> None:
    teacher = await dataclasses.replace(classroom, client=fragile).person("instructor")
    body = {"title": "A course", "description": "<p>Words</p>", "price": 1000, "category": "development"}
    headers = {"Idempotency-Key": new_key()}
    proxy.arm(when=when, skip=skip, times=1)
    assert (await teacher.post("/courses", body, headers=headers)).status_code == 503
    started = time.monotonic()
    first = await teacher.post("/courses", body, headers=headers)
    second = await teacher.post("/courses", body, headers=headers)
    assert time.monotonic() - started < 5
    assert (first.status_code, second.content) == (201, first.content)
    assert ("Idempotent-Replayed" in first.headers) == ((when, skip) == ("after", 1))
    assert await classroom.rows("SELECT count(*) FROM courses") == [(1,)]
