"""Two sides at the critical statement: the second one decides again, and no buyer pays twice."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.support import gate
from tests.support.books import assert_sound, open_items, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

from coursify.modules.payments import jobs
from coursify.modules.payments.services import start_checkout
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.webhooks.services.handle_event import handle_event

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

# Where a checkout can be between its first look and its answer.
STEPS = {
    "the buyer is locked": ("FROM users AS person LEFT JOIN payment_customers", 1),
    "the order is stored and its intent claimed": ("INSERT INTO orders", 1),
    "the provider has made the intent": ("FROM orders WHERE id = %(order_id)s FOR NO KEY UPDATE", 1),
    "the intent is recorded": ("UPDATE payments SET provider_payment_id", 1),
    "the response is stored with it": ("UPDATE idempotency_keys", 1),
}


@pytest.fixture
async def other(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, price=3000)


async def payable_courses(shop: Shop, classroom: Classroom) -> list[tuple[Any, ...]]:
    """Each (buyer, course) of each intent that could be paid at the provider now."""
    intents = payable_intents(shop)
    assert all(intent["metadata"].get("order_id") for intent in intents)
    rows = await classroom.rows(
        "SELECT user_id, course_id FROM order_lines WHERE order_id = ANY(%s)",
        [UUID(intent["metadata"]["order_id"]) for intent in intents],
    )
    return sorted(rows)


async def assert_one_payable(shop: Shop, classroom: Classroom) -> None:
    """At the provider, right now: at most one payable object for each buyer and course."""
    courses = await payable_courses(shop, classroom)
    assert len(courses) == len(set(courses)), courses


def assert_not_hollow(answer: httpx.Response) -> None:
    """A yes comes with something to pay; a no says when to come back."""
    if answer.status_code in {200, 201}:
        checkout = answer.json()["data"]
        assert checkout["clientSecret"], checkout
        assert checkout["payment"]["status"] == "pending", checkout
    else:
        assert refusal(answer) in {(409, "payment_in_progress"), (503, "unavailable")}, answer.text
        assert answer.headers["Retry-After"]


async def confirm_all(shop: Shop, answers: list[httpx.Response]) -> None:
    """The buyer pays in every tab that shows a form."""
    for answer in answers:
        if answer.status_code in {200, 201}:
            await shop.confirm(answer.json()["data"])


async def owned(person: Person, *courses: Json) -> list[bool]:
    found = []
    for course in courses:
        answer = await person.get(f"/access/explain?courseId={course['id']}")
        found.append(bool(answer.json()["data"]["mayLearn"]))
    return found


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("first", ["one course", "the cart"])
async def test_two_checkouts_that_share_a_course_leave_one_payable_object(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json, step: str, first: str
) -> None:
    carts = [[course["id"]], [course["id"], other["id"]]]
    carts = carts if first == "one course" else carts[::-1]
    text, nth = STEPS[step]
    async with gate.pause(text, nth=nth) as paused:
        early = asyncio.create_task(shop.start(student, *carts[0]))
        await paused.reached()
        late = asyncio.create_task(shop.start(student, *carts[1]))
        await asyncio.sleep(0.6)
        await assert_one_payable(shop, classroom)
        paused.release()
        answers = [await early, await late]
    await assert_one_payable(shop, classroom)
    for answer in answers:
        assert_not_hollow(answer)
    assert any(answer.status_code == 201 for answer in answers)

    await confirm_all(shop, answers)
    await shop.settle()
    assert sum(row["received"] - row["refunded"] for row in shop.standin.ledger()["payment_intents"]) in {5000, 8000}
    assert (await owned(student, course))[0]
    await assert_sound(shop, classroom)


async def test_a_checkout_that_gives_up_leaves_the_order_in_its_way_to_be_paid(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await shop.start(student, course["id"])
    monkeypatch.setattr(start_checkout, "MAX_ROUNDS", 1)
    assert refusal(await shop.start(student, course["id"], other["id"])) == (409, "payment_in_progress")
    await shop.confirm(first.json()["data"])
    await shop.settle()
    assert await owned(student, course, other) == [True, False]
    await assert_sound(shop, classroom)


@pytest.mark.slow
@pytest.mark.parametrize("faults", [{}, {"latency": 0.05}, {"rules": [
    {"on": "POST /v1/payment_intents/*/cancel", "applied_unanswered": 0.3},
    {"on": "POST /v1/payment_intents", "applied_unanswered": 0.2},
]}], ids=["healthy", "slow", "silent"])  # fmt: skip
async def test_parallel_checkouts_of_overlapping_carts_never_take_the_money_twice(
    classroom: Classroom, shop: Shop, teacher: Person, faults: Json
) -> None:
    courses = [await classroom.published(teacher, price=price) for price in (1000, 2000, 3000)]
    chance = random.Random(7)
    for _ in range(2):
        buyer = await classroom.person("student")
        shop.standin.set_faults(**faults)
        carts = [chance.sample(courses, chance.randint(1, 3)) for _ in range(6)]
        answers = await asyncio.gather(*(shop.start(buyer, *(course["id"] for course in cart)) for cart in carts))
        shop.standin.set_faults()
        await assert_one_payable(shop, classroom)
        await confirm_all(shop, list(answers))
        await assert_one_payable(shop, classroom)
    await shop.settle()
    for _ in range(2):
        await jobs.sweep_orders_job(shop.resources)
        await shop.settle()
    paid = await classroom.rows(
        """
        SELECT line.user_id, line.course_id FROM order_lines AS line JOIN orders ON orders.id = line.order_id
        WHERE orders.status = 'paid' AND NOT EXISTS (SELECT FROM refund_lines WHERE order_line_id = line.id)
        """
    )
    assert len(paid) == len(set(paid)) > 0
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
@pytest.mark.parametrize("fault", ["timeout", "server_error"])
async def test_while_the_provider_does_not_confirm_the_cancel_the_first_order_is_the_only_payable_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json, fault: str
) -> None:
    first = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents/*/cancel", fault: 1.0}])
    answer = await shop.start(student, course["id"], other["id"])
    assert refusal(answer) == (503, "payment_provider_unavailable")
    assert answer.headers["Retry-After"]
    assert [intent["id"] for intent in payable_intents(shop)] == [first["payment"]["transactionId"]]
    again = await shop.start(student, course["id"])
    assert (again.status_code, again.json()["data"]["payment"]["id"]) == (200, first["payment"]["id"])

    shop.standin.set_faults()
    await shop.confirm(first)
    await shop.settle()
    assert refusal(await shop.start(student, course["id"], other["id"])) == (409, "already_enrolled")
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_a_cancel_that_was_done_and_not_answered_is_known_at_the_next_try(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json
) -> None:
    await shop.start(student, course["id"])
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents/*/cancel", "applied_unanswered": 1.0}])
    assert (await shop.start(student, course["id"], other["id"])).status_code == 503
    shop.standin.set_faults()
    answer = await shop.start(student, course["id"], other["id"])
    assert (answer.status_code, answer.json()["data"]["payment"]["amount"]) == (201, 8000)
    await assert_one_payable(shop, classroom)


async def test_who_pays_while_a_larger_cart_ends_the_first_order_has_paid_the_first_order(
    classroom: Classroom, shop: Shop, student: Person, course: Json, other: Json
) -> None:
    first = (await shop.start(student, course["id"])).json()["data"]
    async with gate.pause("SELECT nextval('provider_fetch_number')", nth=1) as paused:
        late = asyncio.create_task(shop.start(student, course["id"], other["id"]))
        await paused.reached()
        assert (await shop.confirm(first)).status_code == 200
        paused.release()
        assert refusal(await late) == (409, "already_enrolled")
    assert payable_intents(shop) == []
    await shop.settle()
    assert await owned(student, course, other) == [True, False]
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("step", ["INSERT INTO orders", "UPDATE payments SET provider_payment_id"])
async def test_a_free_enrollment_and_a_checkout_at_once_are_one_of_the_two(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, step: str
) -> None:
    async with gate.pause(step, nth=1) as paused:
        buying = asyncio.create_task(shop.start(student, course["id"]))
        await paused.reached()
        await teacher.put(f"/courses/{course['id']}", {"price": 0})
        enrolling = asyncio.create_task(student.post("/enrollments", {"courseId": course["id"]}))
        await asyncio.sleep(0.3)
        paused.release()
        bought, enrolled = await buying, await enrolling
    assert bought.status_code in {201, 409}, bought.text
    assert enrolled.status_code == 201, enrolled.text
    assert payable_intents(shop) == []
    if bought.status_code == 201 and bought.json()["data"]["clientSecret"]:
        assert (await shop.confirm(bought.json()["data"])).status_code == 400
    await shop.settle()
    assert await classroom.rows("SELECT source_type FROM access_grants WHERE revoked_at IS NULL") == [("free",)]
    await assert_sound(shop, classroom)


async def test_a_checkout_that_comes_behind_a_free_enrollment_sells_nothing(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    await teacher.put(f"/courses/{course['id']}", {"price": 0})
    async with gate.pause("INSERT INTO access_grants", nth=1) as paused:
        enrolling = asyncio.create_task(student.post("/enrollments", {"courseId": course["id"]}))
        await paused.reached()
        buying = asyncio.create_task(shop.start(student, course["id"]))
        await asyncio.sleep(0.3)
        paused.release()
        assert (await enrolling).status_code == 201
        assert refusal(await buying) == (409, "already_enrolled")
    assert await classroom.rows("SELECT count(*) FROM orders") == [(0,)]


async def two_payments(shop: Shop, student: Person, course: Json) -> list[Json]:
    """Two intents of one course, both paid: our first order had ended without the provider's word."""
    first = (await shop.start(student, course["id"])).json()["data"]
    async with shop.resources.database.transaction() as (db, now):
        await close_order(db, order_id=UUID(first["payment"]["orderId"]), now=now)
    second = (await shop.start(student, course["id"])).json()["data"]
    for checkout in (first, second):
        assert (await shop.confirm(checkout)).status_code == 200
    return [first, second]


@pytest.mark.parametrize("statement", ["INSERT INTO enrollments", "INSERT INTO access_grants", "COMMIT"])
async def test_of_two_payments_of_one_course_at_once_one_is_kept_and_one_goes_back_by_itself(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox, statement: str
) -> None:
    checkouts = await two_payments(shop, student, course)
    resources = shop.resources
    keys = []
    for checkout in checkouts:
        (event,) = [
            event
            for event in await shop.events()
            if event["type"] == "payment_intent.succeeded"
            and event["data"]["object"]["id"] == checkout["payment"]["transactionId"]
        ]
        assert (await shop.deliver(event)).status_code == 200
        keys.append((await classroom.rows("SELECT id FROM provider_events WHERE event_id = %s", event["id"]))[0][0])
    async with gate.pause(statement, nth=1) as paused:
        tasks = [
            asyncio.create_task(handle_event(resources.database, resources.payments, event_key=key)) for key in keys
        ]
        await paused.reached()
        await asyncio.sleep(0.3)
        paused.release()
        await asyncio.gather(*tasks)
    await shop.settle()

    pages = [(await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"] for checkout in checkouts]
    assert sorted(page["status"] for page in pages) == ["refunded", "succeeded"]
    (returned,) = [page for page in pages if page["status"] == "refunded"]
    assert f"duplicate_payment:{returned['refunds'][0]['id']}" in mailbox.message_keys()
    assert await open_items(classroom) == ["paid_twice"]
    assert await owned(student, course) == [True]
    assert await classroom.rows("SELECT count(*) FROM access_grants WHERE revoked_at IS NULL") == [(1,)]
    await assert_sound(shop, classroom)


async def test_webhook_return_page_and_reconciler_at_once_fulfil_once(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox
) -> None:
    checkout = await shop.pay(student, course["id"])
    await shop.deliver_all()
    async with gate.pause("INSERT INTO access_grants", nth=1) as paused:
        tasks = [
            asyncio.create_task(shop.run_jobs()),
            asyncio.create_task(student.get(f"/payments/{checkout['payment']['id']}")),
            asyncio.create_task(student.post("/enrollments", {"courseId": course["id"]})),
        ]
        await paused.reached()
        await asyncio.sleep(0.3)
        paused.release()
        await asyncio.gather(*tasks)
    await shop.settle()
    assert await classroom.rows("SELECT count(*) FROM access_grants") == [(1,)]
    assert sum(key.startswith("receipt:") for key in mailbox.message_keys()) == 1
    await assert_sound(shop, classroom)
