"""Idempotency keys: which responses are stored, and what happens when storing fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI, Response
from tests.support import gate
from tests.support.classroom import Classroom
from tests.support.classroom import refusal as refusal_of
from tests.support.probe import Probe, probing
from tests.support.shop import Shop, new_key

from coursify.core import audit
from coursify.core.database import Database, LazyTransaction
from coursify.core.errors import Conflict, Forbidden, NotFound, RecordedRefusal, StepUpRequired
from coursify.core.http import RouteContext, reply
from coursify.core.http.context import context_of
from coursify.core.queries import idempotency_keys

pytestmark = pytest.mark.anyio
KEPT = "SELECT state, response_status FROM idempotency_keys"
Failing = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture
def context(app: FastAPI, clean: None) -> RouteContext:
    return context_of(app)


@pytest.fixture
def keys_fail_on(classroom: Classroom) -> Failing:
    """The first `times` statements of this kind on idempotency_keys fail with this SQLSTATE."""

    @asynccontextmanager
    async def failing(statement: str, *, sqlstate: str, times: int = 1) -> AsyncIterator[None]:
        # A sequence counts also what is rolled back.
        await classroom.db.execute("CREATE SEQUENCE IF NOT EXISTS key_failures")
        await classroom.db.execute("GRANT USAGE ON SEQUENCE key_failures TO PUBLIC")
        await classroom.db.execute(
            "CREATE OR REPLACE FUNCTION fail_key() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF nextval('key_failures') <= {times} THEN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END IF; "
            "RETURN coalesce(NEW, OLD); END $$"
        )
        await classroom.db.execute(
            f"CREATE TRIGGER fail_key BEFORE {statement} ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION fail_key()"
        )
        try:
            yield
        finally:
            await classroom.db.execute("DROP TRIGGER fail_key ON idempotency_keys")
            await classroom.db.execute("DROP SEQUENCE key_failures CASCADE")

    return failing


class FinalWithTrace(Conflict, RecordedRefusal):
    code, message = "final_with_trace", "No, and it is written down."


async def test_a_final_error_is_replayed_byte_for_byte(classroom: Classroom) -> None:
    student = await classroom.person("student")
    headers = {"Idempotency-Key": new_key()}
    body = {"courseId": str(uuid4())}
    answers = [await student.post("/payments", body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert answers[0].content == answers[1].content


async def test_payment_required_is_not_stored_so_the_key_works_for_a_free_course(classroom: Classroom) -> None:
    teacher, student = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher, price=900)
    headers = {"Idempotency-Key": new_key()}
    body = {"courseId": course["id"]}
    assert (await student.post("/enrollments", body, headers=headers)).status_code == 402
    assert await classroom.rows(KEPT) == []
    assert (await teacher.put(f"/courses/{course['id']}", {"price": 0})).status_code == 200
    assert (await student.post("/enrollments", body, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    ("refusal", "kept"),
    [
        (Forbidden(), [("done", 403)]),
        (NotFound(), [("done", 404)]),
        (Conflict(), [("done", 409)]),
        (Conflict(headers={"Retry-After": "1"}), []),
        (FinalWithTrace(), [("done", 409)]),
    ],
)
async def test_an_error_is_stored_only_when_it_is_final(
    context: RouteContext, classroom: Classroom, refusal: Exception, kept: list[tuple[str, int]]
) -> None:
    async def refuse(transaction: LazyTransaction) -> Response:
        await transaction.begin()
        raise refusal

    async with probing(context, refuse) as probe:
        first = await probe.post(key := new_key())
        assert await classroom.rows(KEPT) == kept
        again = await probe.post(key)
    assert ("Idempotent-Replayed" in again.headers) == bool(kept)
    assert again.status_code == first.status_code


async def test_a_recorded_refusal_commits_once_with_its_stored_response(
    context: RouteContext, classroom: Classroom, keys_fail_on: Failing
) -> None:
    async def refuse(transaction: LazyTransaction) -> Response:
        db, _now = await transaction.begin()
        await audit.record(db, actor_id=None, action="probe.refused", target_type="user", target_id=uuid4())
        raise FinalWithTrace

    traces = "SELECT count(*) FROM audit_log WHERE action = 'probe.refused'"
    async with probing(context, refuse) as probe:
        async with keys_fail_on("UPDATE", sqlstate="53100"):
            assert (await probe.post(key := new_key())).status_code == 503
        assert await classroom.rows(traces) == [(0,)]
        for _ in range(2):
            assert (await probe.post(key)).status_code == 409
    assert await classroom.rows(traces) == [(1,)]


async def test_a_committed_operation_does_not_run_again_when_storing_its_response_fails(
    context: RouteContext, database: Database, keys_fail_on: Failing
) -> None:
    """Use cases that speak to the outside commit by themselves; their answer is kept in a transaction of its own."""
    runs = []

    async def work(_transaction: LazyTransaction) -> Response:
        async with database.transaction():
            runs.append(1)
        return reply(None, "Done.", status=201)

    async with probing(context, work) as probe:
        for sqlstate in ("40001", "40P01", "53100"):
            runs.clear()
            async with keys_fail_on("UPDATE", sqlstate=sqlstate, times=2):
                answer = await probe.post(key := new_key())
            assert (answer.status_code, len(runs)) == (201, 1), sqlstate
            assert (await probe.post(key)).headers["Idempotent-Replayed"] == "true"


async def test_a_free_enrollment_is_a_201_when_storing_its_response_is_retried(
    classroom: Classroom, keys_fail_on: Failing
) -> None:
    course = await classroom.published(await classroom.person("instructor"), price=0)
    student = await classroom.person("student")
    headers = {"Idempotency-Key": new_key()}
    async with keys_fail_on("UPDATE", sqlstate="40P01"):
        first = await student.post("/enrollments", {"courseId": course["id"]}, headers=headers)
    assert first.status_code == 201, first.text
    again = await student.post("/enrollments", {"courseId": course["id"]}, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)


async def test_an_error_is_returned_when_its_key_cannot_be_released(
    context: RouteContext, keys_fail_on: Failing
) -> None:
    async def refuse(_transaction: LazyTransaction) -> Response:
        raise StepUpRequired

    async with probing(context, refuse) as probe, keys_fail_on("DELETE", sqlstate="53100", times=9):
        assert refusal_of(await probe.post(new_key())) == (403, "step_up_required")


@pytest.mark.parametrize("seconds", [15, 45])
async def test_a_key_lease_outlives_the_operation(context: RouteContext, classroom: Classroom, seconds: float) -> None:
    async def work(transaction: LazyTransaction) -> Response:
        await transaction.begin()
        return reply(None, "Done.", status=201)

    async with probing(context, work, seconds=seconds) as probe, gate.pause("UPDATE idempotency_keys") as paused:
        running = asyncio.create_task(probe.post(new_key()))
        await paused.reached()
        [(length,)] = await classroom.rows("SELECT leased_until - created_at FROM idempotency_keys")
        assert length >= timedelta(seconds=seconds + 10)
        paused.release()
        assert (await running).status_code == 201


async def test_after_a_crash_the_key_can_be_leased_again_when_its_lease_has_run_out(
    classroom: Classroom, shop: Shop, clock_file: Path
) -> None:
    course = await classroom.published(await classroom.person("instructor"), price=900)
    student = await classroom.person("student")
    async with gate.pause("INSERT INTO orders") as paused:
        running = asyncio.create_task(shop.start(student, course["id"], key=(key := new_key())))
        await paused.reached()
        # What a kill leaves behind: a transaction that ends without COMMIT, and a key that nobody frees.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(idempotency_keys, "release_key", _die)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    waiting = await shop.start(student, course["id"], key=key)
    assert (waiting.status_code, waiting.json()["error"]["code"]) == (409, "request_in_progress")
    clock_file.write_text("61")
    assert (await shop.start(student, course["id"], key=key)).status_code == 201


async def _die(*_arguments: object, **_named: object) -> int:
    raise asyncio.CancelledError


async def test_a_request_whose_key_was_leased_again_changes_nothing(
    context: RouteContext, classroom: Classroom, clock_file: Path
) -> None:
    async def work(transaction: LazyTransaction) -> Response:
        db, _now = await transaction.begin()
        await audit.record(db, actor_id=None, action="probe.done", target_type="user", target_id=uuid4())
        return reply(None, "Done.", status=201)

    async def send(probe: Probe) -> int:
        return (await probe.post(key)).status_code

    key = new_key()
    async with probing(context, work, seconds=5) as probe, gate.pause("UPDATE idempotency_keys", nth=1) as paused:
        late = asyncio.create_task(send(probe))
        await paused.reached()
        clock_file.write_text("61")
        assert await send(probe) == 201
        paused.release()
        assert await late == 409
    assert await classroom.rows("SELECT count(*) FROM audit_log WHERE action = 'probe.done'") == [(1,)]
