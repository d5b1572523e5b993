"""What a payment's page and the history say: lines, refunds, what to do next, what can be asked back."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.modules.payments import jobs as payment_jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def look(person: Person, payment_id: str) -> Json:
    answer = await person.get(f"/payments/{payment_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def test_a_paid_payment_names_its_courses_and_what_it_opened(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=3000)
    payment = await shop.buy(student, course["id"], other["id"])
    assert {item["courseId"]: (item["slug"], item["title"], item["amount"]) for item in payment["items"]} == {
        course["id"]: (course["slug"], course["title"], 5000),
        other["id"]: (other["slug"], other["title"], 3000),
    }
    assert all(item["imageUrl"] is None for item in payment["items"])
    enrollments = (await student.get("/enrollments")).json()["data"]
    assert sorted(payment["enrollmentIds"]) == sorted(enrollment["id"] for enrollment in enrollments)
    assert (payment["nextAction"], payment["lastError"], payment["refunds"]) == (None, None, [])
    assert (payment["refundable"]["amount"], payment["refundable"]["reason"]) == (8000, None)
    assert payment["refundable"]["until"] > payment["paidAt"]


async def test_an_open_payment_says_what_to_do_next_and_opens_nothing(
    shop: Shop, student: Person, course: Json
) -> None:
    payment = (await shop.start(student, course["id"])).json()["data"]["payment"]
    assert (payment["status"], payment["nextAction"], payment["enrollmentIds"]) == ("pending", {"type": "confirm"}, [])
    assert payment["refundable"] == {"amount": 0, "until": None, "reason": "not_paid"}


async def test_refunds_are_listed_oldest_first_with_what_became_of_them(
    shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    for amount in (100, 200, 300):
        await shop.refund(admin, payment["id"], amount=amount)
        await shop.settle()
    page = await look(student, payment["id"])
    assert [(refund["amount"], refund["status"], refund["failureReason"]) for refund in page["refunds"]] == [
        (100, "succeeded", None),
        (200, "succeeded", None),
        (300, "succeeded", None),
    ]
    assert page["refundable"]["amount"] == 4400
    assert page["items"][0]["refundedAmount"] == 600


async def test_a_disputed_payment_says_why_nothing_can_be_asked_back(shop: Shop, student: Person, course: Json) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_dispute(payment["transactionId"])
    await shop.settle()
    page = await look(student, payment["id"])
    assert (page["status"], page["refundable"]["amount"], page["refundable"]["reason"]) == ("disputed", 0, "disputed")


async def test_admins_and_buyers_see_the_same_payment_with_their_own_terms(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await classroom.db.execute("UPDATE orders SET paid_at = paid_at - interval '40 days'")
    mine, theirs = await look(student, payment["id"]), await look(admin, payment["id"])
    assert (mine["refundable"]["amount"], mine["refundable"]["reason"]) == (0, "term_over")
    assert (theirs["refundable"]["amount"], theirs["refundable"]["reason"]) == (5000, None)
    del mine["refundable"], theirs["refundable"]
    assert mine == theirs


async def test_the_history_says_the_same_as_the_page(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    bought = await shop.buy(student, course["id"])
    await shop.refund(admin, bought["id"], amount=100)
    await shop.settle()
    other = await classroom.published(teacher, price=3000)
    started = (await shop.start(student, other["id"])).json()["data"]["payment"]
    pages = [await look(student, started["id"]), await look(student, bought["id"])]
    assert (await student.get("/payments")).json()["data"] == pages
    listed = (await admin.get("/admin/payments")).json()["data"]
    assert [row["id"] for row in listed] == [page["id"] for page in pages]


async def test_admins_filter_payments_by_status_person_and_time(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person
) -> None:
    """Each payment is found under the status that its own page shows, and under no other."""
    buyers = [student, await classroom.person("student")]

    async def course_id() -> str:
        return str((await classroom.published(teacher, price=5000))["id"])

    succeeded = await shop.buy(student, await course_id())
    partial = await shop.buy(student, await course_id())
    await shop.refund(admin, partial["id"], amount=100)
    whole = await shop.buy(student, await course_id())
    await shop.refund(admin, whole["id"])
    disputed = await shop.buy(buyers[1], await course_id())
    shop.standin.open_dispute(disputed["transactionId"])
    held = (await shop.start(student, await course_id())).json()["data"]["payment"]
    shop.standin.settle_intent(held["transactionId"], "succeeded", amount_received=4000)
    expired = (await shop.start(student, await course_id())).json()["data"]["payment"]
    await classroom.db.execute("UPDATE orders SET expires_at = now() - interval '1 minute' WHERE status = 'payable'")
    canceled = (await shop.start(student, canceled_course := await course_id())).json()["data"]["payment"]
    await shop.settle()
    await payment_jobs.sweep_orders_job(shop.resources)
    await shop.start(student, canceled_course, await course_id())
    await shop.settle()

    listed = (await admin.get("/admin/payments?limit=100")).json()["data"]
    shown = {row["id"]: row["status"] for row in listed}
    assert {shown[row["id"]] for row in (succeeded, partial, whole, disputed, held, expired, canceled)} == {
        "succeeded",
        "partially_refunded",
        "refunded",
        "disputed",
        "processing",
        "failed",
        "canceled",
    }
    for status in set(shown.values()) | {"pending"}:
        found = await admin.get("/admin/payments", params={"status": status, "limit": 100})
        assert {row["id"] for row in found.json()["data"]} == {key for key, value in shown.items() if value == status}
        assert found.json()["meta"]["total"] == list(shown.values()).count(status)

    theirs = (await admin.get("/admin/payments", params={"userId": buyers[1].id})).json()["data"]
    assert [row["id"] for row in theirs] == [disputed["id"]]
    moment = partial["createdAt"]
    later = (await admin.get("/admin/payments", params={"from": moment, "limit": 100})).json()["data"]
    earlier = (await admin.get("/admin/payments", params={"to": moment, "limit": 100})).json()["data"]
    assert {row["id"] for row in earlier} == {succeeded["id"]}
    assert {row["id"] for row in later} == shown.keys() - {succeeded["id"]}
    today = moment[:10]
    assert len((await admin.get("/admin/payments", params={"from": today, "limit": 100})).json()["data"]) == len(shown)


@pytest.mark.parametrize(
    "query",
    ["status=paid", "from=yesterday", "to=1600000000", "from=2026-11-26T10:00:00", "userId=me", "until=2026-01-01"],
)
async def test_a_filter_of_payments_that_makes_no_sense_is_refused(admin: Person, query: str) -> None:
    assert (await admin.get(f"/admin/payments?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("0000-01-01", 422),
        ("10000-01-01", 422),
        ("2026-02-30", 422),
        ("2026-12-31T23:59:60Z", 422),
        ("2026-11-26T10:00:00+25:00", 422),
        ("1e20", 422),
        ("-1", 422),
        ("0001-01-01T00:00:00+23:59", 200),
        ("9999-12-31T23:59:59-23:59", 200),
    ],
)
async def test_G19_a_moment_that_does_not_exist_is_refused(admin: Person, moment: str, status: int) -> None:
    for name in ("from", "to"):
        assert (await admin.get("/admin/payments", params={name: moment})).status_code == status


async def test_ones_own_payments_are_found_by_course_status_and_date(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(teacher, price=2000)
    bought = await shop.buy(student, course["id"])
    started = (await shop.start(student, other["id"])).json()["data"]["payment"]

    async def found(query: str) -> list[str]:
        answer = await student.get(f"/payments?{query}")
        assert answer.status_code == 200, answer.text
        return [payment["id"] for payment in answer.json()["data"]]

    assert await found("") == [started["id"], bought["id"]]
    assert await found(f"courseId={course['id']}") == [bought["id"]]
    assert await found("status=pending") == [started["id"]]
    assert await found("to=2020-01-01") == []
    assert await found("from=2020-01-01&status=succeeded") == [bought["id"]]
    assert (await student.get(f"/payments?userId={teacher.id}")).status_code == 422
    mine = await (await classroom.person("student")).get(f"/payments?courseId={course['id']}")
    assert mine.json()["data"] == []
