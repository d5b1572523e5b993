"""What a refund would do is said before it is asked for; a refund can be read by its buyer and admins alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.support.books import balances_of
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def courses(classroom: Classroom, teacher: Person) -> list[Json]:
    other = await classroom.person("instructor")
    return [await classroom.published(teacher, price=5000), await classroom.published(other, price=3000)]


@pytest.fixture
async def payment(shop: Shop, student: Person, courses: list[Json]) -> Json:
    return await shop.buy(student, *(course["id"] for course in courses))


async def preview(person: Person, payment: Json, **fields: Any) -> Json:
    answer = await person.post("/payments/refund/preview", {"paymentId": payment["id"]} | fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def test_a_preview_says_what_happens_to_money_access_and_shares_and_stores_nothing(
    classroom: Classroom, shop: Shop, admin: Person, courses: list[Json], payment: Json
) -> None:
    found = await preview(admin, payment, courseId=courses[0]["id"])
    assert found == {
        "paymentId": payment["id"],
        "amount": 5000,
        "currency": "usd",
        "refundedAmount": 5000,
        "lines": [
            {
                "courseId": courses[0]["id"],
                "title": courses[0]["title"],
                "amount": 5000,
                "access": "ended",
                "shares": {"instructor": 3500, "platform": 1500},
            }
        ],
        "needsSecondAdmin": False,
    }
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)]
    assert shop.standin.ledger()["payment_intents"][0]["refunded"] == 0


async def test_a_part_keeps_access(admin: Person, payment: Json) -> None:
    found = await preview(admin, payment, amount=800)
    assert (found["amount"], found["refundedAmount"]) == (800, 800)
    assert sorted((line["amount"], line["access"]) for line in found["lines"]) == [(300, "kept"), (500, "kept")]


async def test_a_buyer_sees_no_shares(student: Person, payment: Json) -> None:
    found = await preview(student, payment)
    assert found["amount"] == 8000
    assert {line["access"] for line in found["lines"]} == {"ended"}
    assert [line["shares"] for line in found["lines"]] == [None, None]
    assert found["needsSecondAdmin"] is False


@pytest.mark.parametrize("fields", [{}, {"amount": 801}, {"amount": 1}, {"course": 1}, {"course": 0, "amount": 333}])
async def test_what_is_previewed_is_what_happens(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, courses: list[Json], payment: Json, fields: Json
) -> None:
    await shop.refund(admin, payment["id"], amount=57)
    await shop.settle()
    asked = {"courseId": courses[fields["course"]]["id"]} if "course" in fields else {}
    asked |= {"amount": fields["amount"]} if "amount" in fields else {}
    before = await balances_of(classroom, payment["id"])
    found = await preview(admin, payment, **asked)
    assert (await shop.refund(admin, payment["id"], **asked)).status_code == 202
    await shop.settle()

    after = await balances_of(classroom, payment["id"])
    page = (await student.get(f"/payments/{payment['id']}")).json()["data"]
    assert page["refundedAmount"] == found["refundedAmount"] == found["amount"] + 57
    for line in found["lines"]:
        teacher_id = next(course["instructorId"] for course in courses if course["id"] == line["courseId"])
        account = f"instructor_payable {teacher_id} usd"
        assert after.get(account, 0) - before.get(account, 0) == line["shares"]["instructor"]
        explained = await student.get(f"/access/explain?courseId={line['courseId']}")
        assert explained.json()["data"]["mayLearn"] == (line["access"] == "kept")
    assert after.get("platform_revenue usd", 0) - before["platform_revenue usd"] == sum(
        line["shares"]["platform"] for line in found["lines"]
    )


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"amount": 8001}, (422, "refund_exceeds_payment")),
        ({"courseId": str(uuid4())}, (404, "course_not_in_payment")),
        ({"paymentId": str(uuid4())}, (404, "payment_not_found")),
    ],
)
async def test_what_would_be_refused_is_refused_in_the_preview(
    shop: Shop, admin: Person, payment: Json, fields: Json, refused: tuple[int, str]
) -> None:
    body = {"paymentId": payment["id"]} | fields
    assert refusal(await admin.post("/payments/refund/preview", body)) == refused
    body_without_id = {name: value for name, value in body.items() if name != "paymentId"}
    assert refusal(await shop.refund(admin, body["paymentId"], **body_without_id)) == refused


async def test_a_buyer_previews_whole_courses_within_the_term(
    classroom: Classroom, student: Person, courses: list[Json], payment: Json
) -> None:
    asked = {"paymentId": payment["id"]}
    assert refusal(await student.post("/payments/refund/preview", asked | {"amount": 1})) == (403, "refund_not_allowed")
    assert (await preview(student, payment, courseId=courses[1]["id"]))["amount"] == 3000
    await classroom.db.execute("UPDATE orders SET paid_at = paid_at - interval '31 days'")
    assert refusal(await student.post("/payments/refund/preview", asked)) == (403, "refund_not_allowed")
    page = (await student.get(f"/payments/{payment['id']}")).json()["data"]
    assert (page["refundable"]["amount"], page["refundable"]["reason"]) == (0, "term_over")


async def test_a_strangers_payment_and_refund_are_not_there(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, payment: Json
) -> None:
    refund = (await shop.refund(admin, payment["id"], amount=100)).json()["data"]["refund"]
    for stranger in (await classroom.person("student"), teacher):
        asked = await stranger.post("/payments/refund/preview", {"paymentId": payment["id"]})
        assert refusal(asked) == (404, "payment_not_found")
        assert refusal(await stranger.get(f"/refunds/{refund['id']}")) == (404, "refund_not_found")
    for person in (student, admin):
        read = await person.get(f"/refunds/{refund['id']}")
        assert (read.status_code, read.json()["data"]["id"]) == (200, refund["id"])
    assert refusal(await admin.get(f"/refunds/{uuid4()}")) == (404, "refund_not_found")
    assert (await admin.get("/refunds/nothing")).status_code == 404
    assert (await shop.client.get(f"/api/v1/refunds/{refund['id']}")).status_code == 401


async def test_a_refund_is_read_as_it_goes(shop: Shop, admin: Person, student: Person, course: Json) -> None:
    checkout = await shop.pay(student, course["id"], card="pm_card_pendingRefund")
    await shop.settle()
    refund = (await shop.refund(admin, checkout["payment"]["id"], reason="as agreed")).json()["data"]["refund"]
    assert (refund["status"], refund["settledAt"]) == ("requested", None)
    await shop.run_jobs()
    path = f"/refunds/{refund['id']}"
    read = (await student.get(path)).json()["data"]
    assert (read["status"], read["cause"], read["reason"]) == ("pending", "request", "as agreed")
    page = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert (page["status"], page["refundedAmount"]) == ("succeeded", 0)
    assert page["refundable"] == page["refundable"] | {"amount": 0, "reason": "nothing_left"}
    (provider_id,) = [
        event["data"]["object"]["id"] for event in await shop.events() if event["type"] == "refund.created"
    ]
    shop.standin.settle_refund(provider_id, "succeeded")
    await shop.settle()
    read = (await student.get(path)).json()["data"]
    assert (read["status"], bool(read["settledAt"])) == ("succeeded", True)
