"""A course that opens another way while it is being paid: the buyer pays one of the two prices, never both."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, open_items, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

from coursify.modules.payments import jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def checkout(shop: Shop, student: Person, course: Json) -> Json:
    answer = await shop.start(student, course["id"])
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


async def make_free(teacher: Person, course: Json) -> None:
    answer = await teacher.put(f"/courses/{course['id']}", {"price": 0})
    assert answer.status_code == 200, answer.text


async def enroll(student: Person, course: Json) -> Any:
    return await student.post("/enrollments", {"courseId": course["id"]})


async def live_grants(classroom: Classroom) -> list[str]:
    rows = await classroom.rows("SELECT source_type FROM access_grants WHERE revoked_at IS NULL ORDER BY 1")
    return [source for (source,) in rows]


async def test_who_enrolls_free_cannot_pay_the_open_checkout_any_more(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, checkout: Json
) -> None:
    await make_free(teacher, course)
    assert (await enroll(student, course)).status_code == 201
    assert payable_intents(shop) == []
    assert (await shop.confirm(checkout)).status_code == 400
    page = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert page["status"] == "canceled"
    await shop.settle()
    assert await live_grants(classroom) == ["free"]
    await assert_sound(shop, classroom)


async def test_who_has_paid_before_enrolling_free_gets_what_they_paid_for_and_no_second_grant(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, checkout: Json
) -> None:
    await shop.confirm(checkout)
    await make_free(teacher, course)
    assert (await enroll(student, course)).status_code == 201
    await shop.settle()
    assert await live_grants(classroom) == ["order_line"]
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
@pytest.mark.parametrize("fault", ["timeout", "server_error"])
async def test_nobody_enrolls_free_until_the_provider_confirms_that_the_checkout_ended(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, checkout: Json, fault: str
) -> None:
    await make_free(teacher, course)
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents/*/cancel", fault: 1.0}])
    answer = await enroll(student, course)
    assert refusal(answer) == (503, "payment_provider_unavailable")
    assert await live_grants(classroom) == []
    assert [intent["id"] for intent in payable_intents(shop)] == [checkout["payment"]["transactionId"]]

    shop.standin.set_faults()
    await jobs.cancel_order_job(shop.resources, checkout["payment"]["orderId"])
    assert payable_intents(shop) == []
    assert (await enroll(student, course)).status_code == 201
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_a_free_checkout_ends_the_paid_one(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, checkout: Json
) -> None:
    await make_free(teacher, course)
    answer = await shop.start(student, course["id"])
    assert (answer.status_code, answer.json()["data"]["payment"]["amount"]) == (201, 0)
    assert payable_intents(shop) == []
    await shop.settle()
    assert await live_grants(classroom) == ["order_line"]
    await assert_sound(shop, classroom)


async def test_a_free_enrollment_waits_while_a_bank_moves_the_money(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person
) -> None:
    course = await classroom.published(teacher, price=5000, currency="eur")
    await shop.pay(student, course["id"], card="pm_success_de")
    await make_free(teacher, course)
    assert refusal(await enroll(student, course)) == (409, "payment_in_progress")
    assert await live_grants(classroom) == []


async def test_a_payment_for_a_course_that_was_given_meanwhile_goes_back_by_itself(
    classroom: Classroom, shop: Shop, student: Person, course: Json, checkout: Json, mailbox: Mailbox
) -> None:
    await classroom.enroll(student, course)
    await shop.confirm(checkout)
    await shop.settle()

    page = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert (page["status"], page["refundedAmount"]) == ("refunded", 5000)
    assert await live_grants(classroom) == ["admin"]
    assert await open_items(classroom) == ["paid_twice"]
    (refund,) = page["refunds"]
    assert f"duplicate_payment:{refund['id']}" in mailbox.message_keys()
    # A gift by SQL has no line in the audit log, which an invariant would say.
    await classroom.db.execute("UPDATE access_grants SET source_type = 'free'")
    await assert_sound(shop, classroom)


async def test_of_a_cart_only_the_course_that_was_open_already_goes_back(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=3000)
    checkout = (await shop.start(student, course["id"], other["id"])).json()["data"]
    await classroom.enroll(student, other)
    await shop.confirm(checkout)
    await shop.settle()

    page = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert (page["status"], page["refundedAmount"]) == ("partially_refunded", 3000)
    assert {item["courseId"]: item["refundedAmount"] for item in page["items"]} == {course["id"]: 0, other["id"]: 3000}
    assert await live_grants(classroom) == ["admin", "order_line"]


async def test_a_course_that_left_the_sale_ends_its_open_checkouts_and_honors_what_was_paid(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, checkout: Json
) -> None:
    quick = await classroom.person("student")
    paid = await shop.pay(quick, course["id"])
    assert (await teacher.delete(f"/courses/{course['id']}")).status_code == 200
    await jobs.sweep_orders_job(shop.resources)

    assert payable_intents(shop) == []
    assert (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]["status"] == "canceled"
    assert (await quick.get(f"/payments/{paid['payment']['id']}")).json()["data"]["status"] == "succeeded"
    await shop.settle()
    assert await live_grants(classroom) == ["order_line"]
    await assert_sound(shop, classroom)
