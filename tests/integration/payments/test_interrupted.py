"""A checkout that stops halfway: the provider fails or hangs, its answer is lost, or the order ends in between."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
import stripe
from tests.support import gate
from tests.support.books import assert_sound, open_items, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.core.deadline import Deadline
from coursify.modules.payments import jobs
from coursify.modules.payments.services import ensure_intent
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.payments.services.sweep_orders import sweep_orders

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

INTENTS = "POST /v1/payment_intents"
# The first lock of a new order: the provider has made the intent, and we are about to record it.
RECORD = {"text": "FROM orders WHERE id = %(order_id)s FOR NO KEY UPDATE", "nth": 1}


@pytest.fixture
async def other(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, price=3000)


async def customer_of(classroom: Classroom) -> str:
    ((customer_id,),) = await classroom.rows("SELECT provider_customer_id FROM payment_customers")
    return str(customer_id)


async def order_states(classroom: Classroom) -> list[str]:
    return [state for (state,) in await classroom.rows("SELECT status FROM orders ORDER BY id")]


async def end_claim(classroom: Classroom) -> None:
    """A request that asks the provider for longer than it may is taken for dead."""
    await classroom.db.execute("UPDATE payments SET claimed_until = now() - interval '1 second'")


async def pay_and_look(shop: Shop, buyer: Person, checkout: Json) -> Json:
    assert (await shop.confirm(checkout)).status_code == 200
    await shop.settle()
    return dict((await buyer.get(f"/payments/{checkout['payment']['id']}")).json()["data"])


@pytest.mark.parametrize("fault", ["server_error", "applied_server_error"])
async def test_an_intent_that_the_provider_failed_to_make_is_made_once(
    classroom: Classroom, shop: Shop, student: Person, course: Json, fault: str
) -> None:
    shop.standin.set_faults(rules=[{"on": INTENTS, fault: 1.0}])
    assert refusal(await shop.start(student, course["id"])) == (503, "payment_provider_unavailable")
    shop.standin.set_faults()
    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    (intent,) = payable_intents(shop)
    assert again.json()["data"]["payment"]["transactionId"] == intent["id"]
    assert (await pay_and_look(shop, student, again.json()["data"]))["status"] == "succeeded"
    await assert_sound(shop, classroom)


async def test_a_checkout_that_the_provider_keeps_waiting_ends_in_time_and_can_be_repeated(
    shop: Shop, student: Person, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.standin.set_faults(rules=[{"on": INTENTS, "latency": 1.0}])
    with monkeypatch.context() as patch:
        patch.setattr(ensure_intent, "ASK_SECONDS", 0.3)
        answer = await shop.start(student, course["id"])
    assert refusal(answer) == (503, "payment_provider_unavailable")
    assert answer.headers["Retry-After"]
    shop.standin.set_faults()
    # The stand-in still works on the first call, and refuses its key until it has finished.
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.5)
    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    assert len(payable_intents(shop)) == 1


async def test_a_lost_customer_that_the_provider_is_slow_to_make_anew_is_made_at_the_next_try(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.start(student, course["id"])
    shop.standin.forget(await customer_of(classroom))
    shop.standin.set_faults(rules=[{"on": "POST /v1/customers", "latency": 1.0}])
    with monkeypatch.context() as patch:
        patch.setattr(ensure_intent, "REPLACE_SECONDS", 0.3)
        assert refusal(await shop.start(student, other["id"])) == (503, "payment_provider_unavailable")
    shop.standin.set_faults()
    # The stand-in still works on the first call, and refuses its key until it has finished.
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.5)
    again = await shop.start(student, other["id"])
    assert again.status_code == 200, again.text
    assert (await pay_and_look(shop, student, again.json()["data"]))["status"] == "succeeded"
    await assert_sound(shop, classroom)


async def test_a_second_request_while_the_first_one_takes_too_long_may_be_repeated(
    shop: Shop, student: Person, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensure_intent, "WAIT_STEPS", 2)
    async with gate.pause(**RECORD) as paused:
        first = asyncio.create_task(shop.start(student, course["id"]))
        await paused.reached()
        second = await shop.start(student, course["id"])
        assert refusal(second) == (409, "payment_in_progress")
        assert second.headers["Retry-After"] == "1"
        paused.release()
        assert (await first).status_code == 201
    assert len(payable_intents(shop)) == 1


async def test_an_intent_that_was_canceled_before_it_was_recorded_gives_way_to_another_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    """The first request pauses with its intent, the second one loses the answer, the third one makes another intent."""
    async with gate.pause(**RECORD) as paused:
        slow = asyncio.create_task(shop.start(student, course["id"]))
        await paused.reached()
        await end_claim(classroom)
        shop.standin.set_faults(rules=[{"on": INTENTS, "applied_server_error": 1.0}])
        assert (await shop.start(student, course["id"])).status_code == 503
        shop.standin.set_faults()
        (intent,) = payable_intents(shop)
        await shop.resources.payments.cancel_intent(intent["id"])
        quick = await shop.start(student, course["id"])
        assert quick.status_code == 200, quick.text
        paused.release()
        answer = await slow
    recorded = quick.json()["data"]["payment"]["transactionId"]
    assert recorded != intent["id"]
    assert answer.json()["data"]["payment"]["transactionId"] == recorded
    assert [intent["id"] for intent in payable_intents(shop)] == [recorded]
    assert (await pay_and_look(shop, student, quick.json()["data"]))["status"] == "succeeded"
    await assert_sound(shop, classroom)


async def test_an_intent_that_was_recorded_in_vain_because_its_response_was_lost_is_recorded_again(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    """Both are one transaction, and the process ends before its COMMIT."""
    async with gate.pause("UPDATE idempotency_keys") as paused:
        dying = asyncio.create_task(shop.start(student, course["id"]))
        await paused.reached()
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
    assert await classroom.rows("SELECT provider_payment_id FROM payments") == [(None,)]
    await end_claim(classroom)
    again = await shop.start(student, course["id"])
    (intent,) = payable_intents(shop)
    assert (again.status_code, again.json()["data"]["payment"]["transactionId"]) == (200, intent["id"])
    assert (await pay_and_look(shop, student, again.json()["data"]))["status"] == "succeeded"
    await assert_sound(shop, classroom)


async def start_and_end_it(classroom: Classroom, shop: Shop, buyer: Person, course: Json) -> httpx.Response:
    """The order ends without the provider's word while the provider makes its intent."""
    async with gate.pause(**RECORD) as paused:
        starting = asyncio.create_task(shop.start(buyer, course["id"]))
        await paused.reached()
        ((order_id,),) = await classroom.rows("SELECT id FROM orders")
        async with shop.resources.database.transaction() as (db, now):
            await close_order(db, order_id=order_id, now=now)
        paused.release()
        return await starting


async def test_an_order_that_ended_while_the_provider_was_asked_gives_way_to_a_new_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    answer = await start_and_end_it(classroom, shop, student, course)
    assert answer.status_code == 201, answer.text
    checkout = answer.json()["data"]
    assert [intent["id"] for intent in payable_intents(shop)] == [checkout["payment"]["transactionId"]]
    assert await order_states(classroom) == ["canceled", "payable"]
    assert (await pay_and_look(shop, student, checkout))["status"] == "succeeded"
    await assert_sound(shop, classroom)


async def test_an_intent_of_an_order_that_ended_and_that_cannot_be_canceled_now_is_canceled_by_the_sweep(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents/*/cancel", "server_error": 1.0}])
    answer = await start_and_end_it(classroom, shop, student, course)
    assert refusal(answer) == (409, "payment_in_progress")
    assert answer.headers["Retry-After"] == "1"
    assert len(payable_intents(shop)) == 1
    shop.standin.set_faults()
    await jobs.sweep_orders_job(shop.resources)
    assert payable_intents(shop) == []
    assert await order_states(classroom) == ["canceled"]
    await assert_sound(shop, classroom)


async def lose_the_customer(classroom: Classroom, shop: Shop, buyer: Person, course: Json, other: Json) -> None:
    """The answer about the course is lost, and with the checkout of another course so is the customer."""
    shop.standin.set_faults(rules=[{"on": INTENTS, "applied_unanswered": 1.0}])
    assert (await shop.start(buyer, course["id"])).status_code == 503
    shop.standin.set_faults()
    shop.standin.forget(await customer_of(classroom))
    assert (await shop.start(buyer, other["id"])).status_code == 201


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_an_order_whose_key_names_a_lost_customer_goes_on_under_the_next_key(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json
) -> None:
    await lose_the_customer(classroom, shop, student, course, other)
    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    assert await order_states(classroom) == ["payable", "payable"]
    assert await open_items(classroom) == []
    assert (await pay_and_look(shop, student, again.json()["data"]))["status"] == "succeeded"
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_a_larger_cart_replaces_an_order_whose_key_names_a_lost_customer(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json
) -> None:
    await lose_the_customer(classroom, shop, student, course, other)
    answer = await shop.start(student, course["id"], other["id"])
    assert answer.status_code == 201, answer.text
    assert await order_states(classroom) == ["canceled", "canceled", "payable"]
    assert (await pay_and_look(shop, student, answer.json()["data"]))["amount"] == 8000
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_the_sweep_makes_the_intent_of_an_order_that_was_left_without_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    shop.standin.set_faults(rules=[{"on": INTENTS, "timeout": 1.0}])
    assert (await shop.start(student, course["id"])).status_code == 503
    shop.standin.set_faults()
    await jobs.sweep_orders_job(shop.resources)
    assert payable_intents(shop) == [], "its buyer may still be asking"
    await classroom.db.execute("UPDATE orders SET created_at = now() - interval '2 minutes'")
    await jobs.sweep_orders_job(shop.resources)
    (intent,) = payable_intents(shop)
    again = await shop.start(student, course["id"])
    assert (again.status_code, again.json()["data"]["payment"]["transactionId"]) == (200, intent["id"])


async def test_a_sweep_whose_time_is_over_leaves_the_rest_to_the_next_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    await classroom.db.execute("UPDATE orders SET expires_at = now() - interval '1 minute'")
    resources = shop.resources
    await sweep_orders(resources.database, resources.payments, resources.sealer, deadline=Deadline.within(0))
    assert await order_states(classroom) == ["payable"]
    await jobs.sweep_orders_job(resources)
    assert await order_states(classroom) == ["expired"]


async def test_an_order_that_cannot_be_stored_does_not_keep_the_sweep_from_the_others(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    await shop.start(await classroom.person("student"), course["id"])
    await classroom.db.execute("UPDATE orders SET expires_at = now() - interval '1 minute'")
    await classroom.db.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'check_violation'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON orders FOR EACH ROW
            WHEN (OLD.id = '{UUID(checkout["payment"]["orderId"])}') EXECUTE FUNCTION refuse()
        """
    )
    try:
        await jobs.sweep_orders_job(shop.resources)
        assert await order_states(classroom) == ["payable", "expired"]
    finally:
        await classroom.db.execute("DROP TRIGGER refuse ON orders; DROP FUNCTION refuse()")
    await jobs.sweep_orders_job(shop.resources)
    assert await order_states(classroom) == ["expired", "expired"]
