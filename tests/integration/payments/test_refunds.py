"""Money goes back: who may ask, how much, what it does to access and to the books, and what the provider may answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

from coursify.core.money import Money

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def may_learn(person: Person, course: Json) -> bool:
    answer = await person.get(f"/access/explain?courseId={course['id']}")
    return bool(answer.json()["data"]["mayLearn"])


async def payment_of(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def balances(classroom: Classroom) -> set[int]:
    """What each account holds, without the provider's fees: those are not given back."""
    rows = await classroom.rows(
        "SELECT sum(amount_minor) FROM ledger_entries JOIN ledger_transactions AS booked ON booked.id = transaction_id "
        "WHERE source_type NOT IN ('payment_fee', 'dispute_fee') GROUP BY account"
    )
    return {int(row[0]) for row in rows}


async def test_P4_a_full_refund_closes_the_course_keeps_progress_and_levels_the_books(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, mailbox: Mailbox
) -> None:
    payment = await shop.buy(student, course["id"])
    enrollment = (await student.get("/enrollments")).json()["data"][0]
    lessons = (await student.get(f"/enrollments/{enrollment['id']}")).json()["data"]["lessons"]
    await student.put(
        f"/enrollments/{enrollment['id']}/progress", {"lessonId": lessons[0]["lessonId"], "completed": True}
    )

    asked = await shop.refund(admin, payment["id"], reason="changed their mind")
    assert asked.status_code == 202, asked.text
    await shop.settle()

    assert (await payment_of(student, payment))["status"] == "refunded"
    assert not await may_learn(student, course)
    closed = await student.get(f"/courses/{course['id']}/lessons/{lessons[0]['lessonId']}")
    assert closed.status_code == 403
    kept = (await student.get(f"/enrollments/{enrollment['id']}")).json()["data"]
    assert (kept["progress"], kept["status"]) == (100, "revoked")
    assert await balances(classroom) == {0}
    assert any(key.startswith("refund:") for key in mailbox.message_keys())
    audited = await classroom.rows("SELECT action FROM audit_log WHERE target_type = 'refund'")
    assert audited == [("refund.create",)]


async def test_P3_a_part_keeps_access_and_the_whole_of_one_course_closes_only_that_one(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, teacher: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=3000)
    payment = await shop.buy(student, course["id"], other["id"])

    await shop.refund(admin, payment["id"], courseId=course["id"], amount=1000)
    await shop.settle()
    assert (await payment_of(student, payment))["status"] == "partially_refunded"
    assert await may_learn(student, course)

    await shop.refund(admin, payment["id"], courseId=course["id"])
    await shop.settle()
    assert not await may_learn(student, course)
    assert await may_learn(student, other)
    items = {item["courseId"]: item["refundedAmount"] for item in (await payment_of(student, payment))["items"]}
    assert items == {course["id"]: 5000, other["id"]: 0}


async def test_P2_a_refund_of_one_purchase_leaves_a_gift_alone(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await classroom.rows(
        "INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at) "
        "SELECT id, 'admin', uuidv7(), now() FROM enrollments RETURNING id"
    )
    await shop.refund(admin, payment["id"])
    await shop.settle()
    assert (await payment_of(student, payment))["status"] == "refunded"
    assert await may_learn(student, course)


async def test_E09_buy_refund_buy_refund_keeps_one_enrollment_and_every_grant(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    for _ in range(2):
        payment = await shop.buy(student, course["id"])
        await shop.refund(admin, payment["id"])
        await shop.settle()
    assert await classroom.rows("SELECT count(*) FROM enrollments") == [(1,)]
    assert await classroom.rows("SELECT count(*), count(revoked_at) FROM access_grants") == [(2, 2)]
    assert await balances(classroom) == {0}


async def test_M14_refunds_that_must_not_be(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    stranger = await classroom.person("student")
    assert (await shop.refund(stranger, payment["id"])).status_code == 404
    for amount in (0, -1, 5001, 1.5, "10", True):
        answer = await shop.refund(admin, payment["id"], amount=amount)
        assert answer.status_code == 422, (amount, answer.text)
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)]


async def test_M14_two_refunds_at_once_never_give_back_more_than_came(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    answers = await asyncio.gather(*(shop.refund(admin, payment["id"], amount=3000) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [202, 422, 422, 422, 422]
    await shop.settle()
    assert shop.standin.ledger()["payment_intents"][0]["refunded"] == 3000


async def test_an_unpaid_order_cannot_be_refunded(shop: Shop, admin: Person, student: Person, course: Json) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    answer = await shop.refund(admin, checkout["payment"]["id"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "payment_not_refundable")


async def test_a_buyer_may_return_a_whole_purchase_within_the_term_only(
    shop: Shop, student: Person, course: Json, clock_file: Any
) -> None:
    payment = await shop.buy(student, course["id"])
    part = await shop.refund(student, payment["id"], amount=100)
    assert (part.status_code, part.json()["error"]["code"]) == (403, "refund_not_allowed")
    assert (await shop.refund(student, payment["id"])).status_code == 202
    await shop.settle()
    assert not await may_learn(student, course)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_M15_a_refund_call_that_was_applied_and_never_answered_refunds_once(
    shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"])
    shop.standin.set_faults(applied_unanswered=1.0, only=["POST /v1/refunds"])
    await shop.run_jobs()
    shop.standin.set_faults()
    await shop.deliver_all()
    await shop.run_jobs()
    assert (await payment_of(student, payment))["status"] == "refunded"
    assert shop.standin.ledger()["payment_intents"][0]["refunded"] == 5000


async def test_M16_a_refund_that_fails_after_it_succeeded_opens_the_course_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"])
    await shop.settle()
    assert not await may_learn(student, course)
    (provider_id,) = (await classroom.rows("SELECT provider_refund_id FROM refunds"))[0]
    shop.standin.control("POST", f"refunds/{provider_id}", {"status": "failed"})
    await shop.settle()

    assert (await payment_of(student, payment))["status"] == "succeeded"
    assert await may_learn(student, course)
    assert await balances(classroom) == {5000, -3500, -1500}
    assert (await shop.refund(admin, payment["id"])).status_code == 202


async def test_a_dispute_closes_the_course_while_it_is_open_and_a_win_opens_it_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    opened = shop.standin.control("POST", "disputes", {"payment_intent": payment["transactionId"]})
    await shop.settle()
    assert (await payment_of(student, payment))["status"] == "disputed"
    assert not await may_learn(student, course)
    refused = await shop.refund(admin, payment["id"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "payment_disputed")

    shop.standin.control("POST", f"disputes/{opened['id']}", {"status": "won"})
    await shop.settle()
    assert (await payment_of(student, payment))["status"] == "succeeded"
    assert await may_learn(student, course)


async def test_a_lost_dispute_takes_the_instructors_share_back(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    opened = shop.standin.control("POST", "disputes", {"payment_intent": payment["transactionId"]})
    shop.standin.control("POST", f"disputes/{opened['id']}", {"status": "lost"})
    await shop.settle()
    assert not await may_learn(student, course)
    assert await balances(classroom) == {0}


async def test_a_refund_made_at_the_providers_own_desk_is_taken_over(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.resources.payments.create_refund(
        refund_id="made-elsewhere", intent_id=payment["transactionId"], amount=Money(5000, "usd"), key="elsewhere"
    )
    await shop.settle()
    assert (await payment_of(student, payment))["status"] == "refunded"
    assert not await may_learn(student, course)
    assert await balances(classroom) == {0}
