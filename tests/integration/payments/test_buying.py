"""Buying a course: the order, the card, the events, the access; and everything that must not go wrong."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop, new_key

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, price=4900)


async def ledger_sums(classroom: Classroom) -> dict[str, int]:
    rows = await classroom.rows("SELECT account, sum(amount_minor)::bigint FROM ledger_entries GROUP BY account")
    return {account: int(amount) for account, amount in rows}


async def may_learn(person: Person, course: Json) -> bool:
    answer = await person.get(f"/access/explain?courseId={course['id']}")
    return bool(answer.json()["data"]["mayLearn"])


async def test_a_paid_course_opens_once_with_one_receipt_and_a_balanced_ledger(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox
) -> None:
    payment = await shop.buy(student, course["id"])

    assert payment["amount"] == 4900
    assert payment["paidAt"]
    assert await may_learn(student, course)
    kinds = sorted(key.split(":")[0] for key in mailbox.message_keys())
    assert [kind for kind in kinds if kind not in {"welcome", "course_approved"}] == ["enrollment", "receipt"]
    assert f"receipt:{payment['orderId']}" in mailbox.message_keys()
    assert await ledger_sums(classroom) == {
        "provider_clearing": 4900 - 172,
        "provider_fees": 172,
        "instructor_payable": -3430,
        "platform_revenue": -1470,
    }


async def test_P1_with_every_webhook_lost_looking_at_the_payment_fulfils_it(
    shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    answer = await student.get(f"/payments/{checkout['payment']['id']}")
    assert answer.json()["data"]["status"] == "succeeded"
    assert await may_learn(student, course)


async def test_P1_asking_to_enroll_after_paying_fulfils_first(shop: Shop, student: Person, course: Json) -> None:
    refused = await student.post("/enrollments", {"courseId": course["id"]})
    assert refused.status_code == 402
    assert refused.json()["error"]["price"] == 4900
    await shop.pay(student, course["id"])
    answer = await student.post("/enrollments", {"courseId": course["id"]})
    assert answer.status_code == 201, answer.text


async def test_P5_a_duplicate_webhook_enrolls_once(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox
) -> None:
    await shop.pay(student, course["id"])
    for _ in range(3):
        await shop.deliver_all()
    await shop.settle()
    assert await classroom.rows("SELECT count(*) FROM access_grants") == [(1,)]
    assert await classroom.rows("SELECT count(*) FROM ledger_transactions") == [(2,)]
    assert sum(key.startswith("receipt:") for key in mailbox.message_keys()) == 1


async def test_W16_every_order_of_a_payments_events_ends_in_the_same_state(
    classroom: Classroom, shop: Shop, course: Json
) -> None:
    for _round, order in enumerate(permutations(range(3))):
        buyer = await classroom.person("student")
        checkout = await shop.pay(buyer, course["id"])
        intent = checkout["payment"]["transactionId"]
        events = [event for event in await shop.events() if intent in str(event["data"]["object"])][:3]
        for index in order:
            await shop.deliver(events[index % len(events)])
        await shop.run_jobs()
        assert (await buyer.get(f"/payments/{checkout['payment']['id']}")).json()["data"]["status"] == "succeeded"
        assert await may_learn(buyer, course)


async def test_a_declined_card_leaves_the_payment_pending_and_the_same_intent_can_be_tried_again(
    shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    declined = await shop.confirm(checkout, "pm_card_visa_chargeDeclined")
    assert declined.status_code == 402
    payment = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert payment["status"] == "pending"
    assert payment["lastError"]["code"]
    assert not await may_learn(student, course)

    assert (await shop.confirm(checkout)).status_code == 200
    await shop.settle()
    payment = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert payment["status"] == "succeeded"
    assert payment["lastError"] is None


async def test_M01_a_checkout_without_a_good_idempotency_key_is_refused(student: Person, course: Json) -> None:
    body = {"courseId": course["id"]}
    bare = await student.post("/payments", body)
    assert (bare.status_code, bare.json()["error"]["code"]) == (400, "idempotency_key_required")
    for key in ("", "short", "x" * 300):
        answer = await student.post("/payments", body, headers={"Idempotency-Key": key})
        assert answer.status_code == 400, key


async def test_M02_fifty_equal_requests_with_one_key_make_one_order(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    key = new_key()
    answers = await asyncio.gather(*(shop.start(student, course["id"], key=key) for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await classroom.rows("SELECT count(*) FROM orders") == [(1,)]
    assert len(shop.standin.ledger()["payment_intents"]) == 1
    again = await shop.start(student, course["id"], key=key)
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_M03_a_key_used_for_another_course_is_refused(
    classroom: Classroom, shop: Shop, student: Person, course: Json, teacher: Person
) -> None:
    other = await classroom.published(teacher, price=900)
    key = new_key()
    assert (await shop.start(student, course["id"], key=key)).status_code == 201
    answer = await shop.start(student, other["id"], key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")


async def test_M04_fifty_keys_for_one_course_leave_one_intent(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    answers = await asyncio.gather(*(shop.start(student, course["id"]) for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {200, 201, 409, 503}
    assert any(answer.status_code == 201 for answer in answers)
    assert await classroom.rows("SELECT count(*) FROM orders") == [(1,)]
    assert len(shop.standin.ledger()["payment_intents"]) == 1


@pytest.mark.parametrize("field", ["price", "amount", "currency", "userId", "discount", "tax", "orderId", "couponCode"])
async def test_M05_a_client_cannot_name_its_price(
    classroom: Classroom, student: Person, course: Json, field: str
) -> None:
    body = {"courseId": course["id"], field: 1}
    answer = await student.post("/payments", body, headers={"Idempotency-Key": new_key()})
    assert answer.status_code == 422
    assert await classroom.rows("SELECT count(*) FROM orders") == [(0,)]


async def test_M06_what_cannot_be_bought_is_refused(
    classroom: Classroom, shop: Shop, student: Person, teacher: Person, course: Json
) -> None:
    draft = await classroom.draft(teacher)
    assert (await shop.start(student, draft["id"])).status_code == 404
    own = await shop.start(teacher, course["id"])
    assert (own.status_code, own.json()["error"]["code"]) == (409, "own_course")
    await shop.buy(student, course["id"])
    owned = await shop.start(student, course["id"])
    assert (owned.status_code, owned.json()["error"]["code"]) == (409, "already_enrolled")


async def test_M09_a_total_below_the_providers_minimum_is_refused_before_the_provider_hears_of_it(
    classroom: Classroom, shop: Shop, student: Person, teacher: Person
) -> None:
    cheap = await classroom.published(teacher)
    # No owner can set such a price; courses from before the limits have one.
    await classroom.db.execute("UPDATE courses SET price_minor = 10")
    answer = await shop.start(student, cheap["id"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "amount_too_small")
    assert shop.standin.ledger()["payment_intents"] == []


@pytest.mark.usefixtures("short_stripe_timeout")
@pytest.mark.parametrize("fault", ["server_error", "rate_limited", "applied_unanswered"])
async def test_M10_a_failing_provider_is_a_503_and_a_retry_makes_one_intent(
    shop: Shop, student: Person, course: Json, fault: str
) -> None:
    shop.standin.set_faults(**{fault: 1.0, "only": ["POST /v1/payment_intents"]})
    answer = await shop.start(student, course["id"])
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]
    shop.standin.set_faults()
    retried = await shop.start(student, course["id"])
    assert retried.status_code in {200, 201}, retried.text
    open_intents = [row for row in shop.standin.ledger()["payment_intents"] if row["status"] != "canceled"]
    assert len(open_intents) == 1


async def test_M13_the_intent_of_a_cheaper_order_opens_nothing_else(
    classroom: Classroom, shop: Shop, student: Person, teacher: Person, course: Json
) -> None:
    cheap = await classroom.published(teacher, price=100)
    dear = (await shop.start(student, course["id"])).json()["data"]
    await shop.pay(student, cheap["id"])
    await shop.settle()
    assert await may_learn(student, cheap)
    assert not await may_learn(student, course)
    payment = (await student.get(f"/payments/{dear['payment']['id']}")).json()["data"]
    assert payment["status"] == "pending"


async def test_M19_a_strangers_payment_is_not_there(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    stranger = await classroom.person("student")
    answer = await stranger.get(f"/payments/{payment['id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "payment_not_found")
    assert (await stranger.get("/payments")).json()["data"] == []
    assert [row["id"] for row in (await student.get("/payments")).json()["data"]] == [payment["id"]]


async def test_M21_buying_more_cancels_the_old_intent_first(
    classroom: Classroom, shop: Shop, student: Person, teacher: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=2000)
    await shop.start(student, course["id"])
    cart = (await shop.start(student, course["id"], other["id"])).json()["data"]
    assert cart["payment"]["amount"] == 6900
    assert cart["payment"]["courseId"] is None
    states = sorted(row["status"] for row in shop.standin.ledger()["payment_intents"])
    assert states == ["canceled", "requires_payment_method"]
    await shop.confirm(cart)
    await shop.settle()
    assert await may_learn(student, course)
    assert await may_learn(student, other)


async def test_P12_a_free_course_in_a_checkout_needs_no_provider(
    classroom: Classroom, shop: Shop, student: Person, teacher: Person
) -> None:
    free = await classroom.published(teacher, price=0)
    answer = await shop.start(student, free["id"])
    assert answer.status_code == 201
    assert answer.json()["data"]["clientSecret"] is None
    assert answer.json()["data"]["payment"]["status"] == "succeeded"
    assert await may_learn(student, free)
    assert shop.standin.ledger()["payment_intents"] == []


async def test_a_price_change_between_two_checkouts_makes_a_new_order_at_the_new_price(
    shop: Shop, student: Person, teacher: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    await teacher.put(f"/courses/{course['id']}", {"price": 5900})
    again = (await shop.start(student, course["id"])).json()["data"]
    assert again["payment"]["amount"] == 5900


async def test_a_yen_course_is_charged_in_whole_yen(
    classroom: Classroom, shop: Shop, student: Person, teacher: Person
) -> None:
    course = await classroom.published(teacher, price=1200, currency="jpy")
    payment = await shop.buy(student, course["id"])
    assert (payment["amount"], payment["currency"]) == (1200, "jpy")
