"""When COMMIT fails, no response is a success and nothing is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom
from tests.support.shop import Shop, new_key

from coursify.core.database import Connection

pytestmark = pytest.mark.anyio
Break = Callable[[str], AbstractAsyncContextManager[None]]


@pytest.fixture
def commits_fail_on(db: Connection) -> Break:
    """Makes every COMMIT of a transaction that wrote to the table fail, as on a full disk."""

    @asynccontextmanager
    async def broken(table: str) -> AsyncIterator[None]:
        await db.execute(
            "CREATE OR REPLACE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"
        )
        await db.execute(
            f"CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT OR UPDATE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_commit()"
        )
        try:
            yield
        finally:
            await db.execute(f"DROP TRIGGER refuse_commit ON {table}")

    return broken


async def test_a_registration_whose_commit_fails_is_a_5xx_and_creates_nobody(
    client: httpx.AsyncClient, classroom: Classroom, commits_fail_on: Break
) -> None:
    body = {"name": "Ada Example", "email": "ada@example.com", "password": "correct-horse-battery!"}
    async with commits_fail_on("users"):
        answer = await client.post(PREFIX + "/users/register", json=body)
    assert answer.status_code >= 500
    assert answer.json()["error"]["requestId"] == answer.headers["X-Request-Id"]
    assert await classroom.rows("SELECT count(*) FROM users") == [(0,)]
    assert (await client.post(PREFIX + "/users/register", json=body)).status_code == 201


async def test_a_checkout_whose_commit_fails_is_a_5xx_and_the_same_key_works_later(
    classroom: Classroom, shop: Shop, commits_fail_on: Break
) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    student = await classroom.person("student")
    key = new_key()
    for table in ("orders", "payments"):
        async with commits_fail_on(table):
            answer = await shop.start(student, course["id"], key=key)
        assert answer.status_code >= 500
    answer = await shop.start(student, course["id"], key=key)
    assert answer.status_code in {200, 201}
    assert len(shop.standin.ledger()["payment_intents"]) == 1


async def test_W08_a_webhook_whose_commit_fails_is_a_5xx_and_stripe_may_send_it_again(
    classroom: Classroom, shop: Shop, commits_fail_on: Break
) -> None:
    course = await classroom.published(await classroom.person("instructor"))
    student = await classroom.person("student")
    checkout = await shop.pay(student, course["id"])
    event = next(event for event in await shop.events() if event["type"] == "payment_intent.succeeded")
    async with commits_fail_on("provider_events"):
        assert (await shop.deliver(event)).status_code >= 500
    assert await classroom.rows("SELECT count(*) FROM provider_events") == [(0,)]
    assert (await shop.deliver(event)).status_code == 200
    await shop.run_jobs()
    payment = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert payment["status"] == "succeeded"


async def test_an_idempotent_response_and_its_work_are_stored_together_or_not_at_all(
    classroom: Classroom, commits_fail_on: Break
) -> None:
    teacher = await classroom.person("instructor")
    body = {"title": "A course", "description": "<p>Words</p>", "price": 1000, "category": "development"}
    headers = {"Idempotency-Key": new_key()}
    async with commits_fail_on("courses"):
        assert (await teacher.post("/courses", body, headers=headers)).status_code >= 500
    first = await teacher.post("/courses", body, headers=headers)
    second = await teacher.post("/courses", body, headers=headers)
    assert first.status_code == 201
    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await classroom.rows("SELECT count(*) FROM courses") == [(1,)]
