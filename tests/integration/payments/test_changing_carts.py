"""A price, a cart or a sale that changes during a checkout or an enrollment: the request ends and may be repeated."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from tests.support import gate
from tests.support.books import assert_sound, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.modules.payments.services.close_order import close_order
from coursify.modules.payments.services.sync_intent import sync_intent

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

ORDER_LOCK = "FROM orders WHERE id = %(order_id)s FOR NO KEY UPDATE"


async def pause_each(stack: AsyncExitStack, text: str, *numbers: int, **where: Any) -> list[gate.Pause]:
    """Hold the statement at each of these hits."""
    return [await stack.enter_async_context(gate.pause(text, nth=number, **where)) for number in numbers]


async def test_a_checkout_whose_order_is_canceled_as_often_as_it_is_placed_ends(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    async with AsyncExitStack() as stack:
        # A round locks its order once, to record the intent; what ends the order locks it as well.
        pauses = await pause_each(stack, ORDER_LOCK, 1, 3, 5, 7)
        starting = asyncio.create_task(shop.start(student, course["id"]))
        for paused in pauses:
            await paused.reached()
            (intent,) = payable_intents(shop)
            async with shop.resources.database.transaction() as (db, now):
                await close_order(db, order_id=UUID(intent["metadata"]["order_id"]), now=now)
            paused.release()
        answer = await starting
    assert refusal(answer) == (409, "payment_in_progress")
    assert answer.headers["Retry-After"] == "1"
    assert await classroom.rows("SELECT status, count(*) FROM orders GROUP BY status") == [("canceled", 4)]
    assert (await shop.start(student, course["id"])).status_code == 201


async def test_a_larger_cart_that_finds_a_new_order_in_its_way_each_time_ends(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=3000)
    await shop.start(student, course["id"])
    async with AsyncExitStack() as stack:
        # The other tab locks the buyer once between two rounds of this one.
        pauses = await pause_each(stack, "FOR NO KEY UPDATE OF person", 2, 4, 6)
        starting = asyncio.create_task(shop.start(student, course["id"], other["id"]))
        for paused in pauses:
            await paused.reached()
            assert (await shop.start(student, course["id"])).status_code == 201
            paused.release()
        answer = await starting
    assert refusal(answer) == (409, "payment_in_progress")
    assert answer.headers["Retry-After"] == "1"
    # The last order of the other tab: two that end each other for ever would leave nothing to pay.
    assert len(payable_intents(shop)) == 1
    assert (await shop.start(student, course["id"], other["id"])).status_code == 201


async def pause_before_provider(stack: AsyncExitStack, *numbers: int) -> list[gate.Pause]:
    """Hold an order before the provider is asked about it: to make its intent, or to end it."""
    return await pause_each(stack, ORDER_LOCK, *numbers)


async def leave_unasked(classroom: Classroom, shop: Shop, buyer: Person, course: Json) -> None:
    """An order as earlier versions left it when they stopped between placing it and asking the provider."""
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents", "server_error": 1.0}])
    assert (await shop.start(buyer, course["id"])).status_code == 503
    shop.standin.set_faults()
    await classroom.db.execute("UPDATE payments SET attempt = 1, attempted_at = NULL, claimed_until = NULL")


async def test_an_order_that_a_larger_cart_ends_before_the_provider_is_asked_never_gets_an_intent(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=3000)
    await leave_unasked(classroom, shop, student, course)
    async with AsyncExitStack() as stack:
        (paused,) = await pause_before_provider(stack, 1)
        early = asyncio.create_task(shop.start(student, course["id"]))
        await paused.reached()
        late = await shop.start(student, course["id"], other["id"])
        assert late.status_code == 201, late.text
        paused.release()
        answer = await early
    assert refusal(answer) == (409, "payment_in_progress")
    assert answer.headers["Retry-After"] == "1"
    (intent,) = shop.standin.ledger()["payment_intents"]
    assert intent["id"] == late.json()["data"]["payment"]["transactionId"]
    assert await classroom.rows("SELECT status FROM orders ORDER BY id") == [("canceled",), ("payable",)]


async def test_a_larger_cart_replaces_an_order_that_ended_before_it_could_end_it(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=3000)
    await leave_unasked(classroom, shop, student, course)
    async with AsyncExitStack() as stack:
        # The second pause does not count what still waits in the first one.
        making, ending = await pause_before_provider(stack, 1, 1)
        early = asyncio.create_task(shop.start(student, course["id"]))
        await making.reached()
        late = asyncio.create_task(shop.start(student, course["id"], other["id"]))
        await ending.reached()
        ((order_id,),) = await classroom.rows("SELECT id FROM orders")
        async with shop.resources.database.transaction() as (db, now):
            await close_order(db, order_id=order_id, now=now)
        ending.release()
        assert (await late).status_code == 201
        making.release()
        assert refusal(await early) == (409, "payment_in_progress")
    assert len(payable_intents(shop)) == 1


async def test_an_enrollment_ends_when_the_course_changes_between_free_and_paid_in_every_round(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    path = f"/courses/{course['id']}"
    await shop.start(student, course["id"])
    await teacher.put(path, {"price": 0})
    async with AsyncExitStack() as stack:
        # Each round looks for the enrollment before and after it ends the order.
        asked = {"user_id", "course_id", "now"}
        pauses = await pause_each(stack, "FROM enrollments", 2, 4, 6, where=lambda given: given.keys() == asked)
        enrolling = asyncio.create_task(student.post("/enrollments", {"courseId": course["id"]}))
        for paused in pauses:
            await paused.reached()
            await teacher.put(path, {"price": 5000})
            assert (await shop.start(student, course["id"])).status_code == 201
            await teacher.put(path, {"price": 0})
            paused.release()
        answer = await enrolling
    assert refusal(answer) == (409, "payment_in_progress")
    assert answer.headers["Retry-After"] == "1"
    assert payable_intents(shop) == []
    assert (await student.post("/enrollments", {"courseId": course["id"]})).status_code == 201


async def test_a_buyer_who_has_not_paid_does_not_find_a_course_that_left_the_sale(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    assert (await admin.put(f"/admin/users/{teacher.id}", {"status": "suspended"})).status_code == 200
    assert refusal(await student.post("/enrollments", {"courseId": course["id"]})) == (404, "course_not_found")
    assert await classroom.rows("SELECT count(*) FROM access_grants") == [(0,)]


async def test_a_free_enrollment_while_late_money_opens_the_course_is_refused(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    """The order had ended without the provider's word, and its intent was paid all the same."""
    checkout = (await shop.start(student, course["id"])).json()["data"]
    async with shop.resources.database.transaction() as (db, now):
        await close_order(db, order_id=UUID(checkout["payment"]["orderId"]), now=now)
    await teacher.put(f"/courses/{course['id']}", {"price": 0})
    assert (await shop.confirm(checkout)).status_code == 200
    async with gate.pause("INSERT INTO enrollments", nth=1) as paused:
        enrolling = asyncio.create_task(student.post("/enrollments", {"courseId": course["id"]}))
        await paused.reached()
        await sync_intent(shop.resources.database, shop.resources.payments, checkout["payment"]["transactionId"])
        paused.release()
        assert refusal(await enrolling) == (409, "already_enrolled")
    assert await classroom.rows("SELECT source_type FROM access_grants") == [("order_line",)]
    await shop.settle()
    await assert_sound(shop, classroom)
