"""What a cart costs, and what speaks against it, said line by line before anything is stored."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def quote(buyer: Person, *course_ids: str) -> Json:
    answer = await buyer.post("/payments/quote", {"courseIds": list(course_ids)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def stored(classroom: Classroom) -> list[tuple[Any, ...]]:
    return [
        (await classroom.rows(f"SELECT count(*) FROM {table}"))[0] for table in ("orders", "payments", "order_lines")
    ]


@pytest.fixture
async def second(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, price=3000)


async def test_a_quote_says_what_each_course_and_the_cart_cost_and_stores_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json, second: Json
) -> None:
    assert await quote(student, second["id"], course["id"]) == {
        "lines": [
            {"courseId": second["id"], "listAmount": 3000, "discount": 0, "amount": 3000},
            {"courseId": course["id"], "listAmount": 5000, "discount": 0, "amount": 5000},
        ],
        "amount": 8000,
        "currency": "usd",
        "conflicts": [],
    }
    assert await stored(classroom) == [(0,)] * 3
    assert shop.standin.ledger()["payment_intents"] == []


async def test_a_free_cart_costs_nothing(classroom: Classroom, teacher: Person, student: Person) -> None:
    free = await classroom.published(teacher, price=0)
    found = await quote(student, free["id"])
    assert (found["amount"], found["conflicts"]) == (0, [])


async def test_a_course_that_is_named_twice_is_one_line(student: Person, course: Json) -> None:
    found = await quote(student, course["id"], course["id"])
    assert (len(found["lines"]), found["amount"]) == (1, 5000)


@pytest.fixture
async def mixed_cart(classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json) -> list[str]:
    """What can be bought, and after it every reason why something cannot."""
    owned = await classroom.published(teacher, price=1000)
    await shop.buy(student, owned["id"])
    draft = await classroom.draft(teacher)
    euros = await classroom.published(teacher, price=1000, currency="eur")
    return [course["id"], owned["id"], draft["id"], str(uuid4()), euros["id"]]


async def test_a_quote_names_each_line_that_cannot_be_bought_and_why(
    student: Person, course: Json, mixed_cart: list[str]
) -> None:
    found = await quote(student, *mixed_cart)
    assert [line["courseId"] for line in found["lines"]] == [course["id"]]
    assert (found["amount"], found["currency"]) == (5000, "usd")
    assert [(conflict["field"], conflict["code"]) for conflict in found["conflicts"]] == [
        ("courseIds.1", "already_enrolled"),
        ("courseIds.2", "course_not_found"),
        ("courseIds.3", "course_not_found"),
        ("courseIds.4", "currencies_mixed"),
    ]
    assert all(conflict["message"].endswith(".") for conflict in found["conflicts"])


async def test_a_refused_cart_names_its_lines_in_the_details(
    classroom: Classroom, shop: Shop, student: Person, mixed_cart: list[str]
) -> None:
    before = await stored(classroom)
    answer = await shop.start(student, *mixed_cart)
    assert refusal(answer) == (404, "course_not_found")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [
        f"courseIds.{number}" for number in (1, 2, 3, 4)
    ]
    assert await stored(classroom) == before


async def test_ones_own_course_is_named_too(classroom: Classroom, shop: Shop, teacher: Person, course: Json) -> None:
    other = await classroom.published(await classroom.person("instructor"))
    found = await quote(teacher, other["id"], course["id"])
    assert [(conflict["field"], conflict["code"]) for conflict in found["conflicts"]] == [("courseIds.1", "own_course")]
    answer = await shop.start(teacher, other["id"], course["id"])
    assert refusal(answer) == (409, "own_course")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["courseIds.1"]


async def test_a_single_course_is_named_by_its_own_field(shop: Shop, teacher: Person, course: Json) -> None:
    answer = await shop.start(teacher, course["id"])
    assert refusal(answer) == (409, "own_course")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["courseId"]


@pytest.mark.parametrize(
    ("prices", "code", "says"),
    [
        ([20], "amount_too_small", "0.50 USD"),
        ([20, 20], "amount_too_small", "0.50 USD"),
        ([60_000_000, 60_000_000], "amount_too_large", "999999.99 USD"),
    ],
)
async def test_a_total_outside_the_limits_is_refused_with_the_limit_before_the_provider_hears_of_it(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, prices: list[int], code: str, says: str
) -> None:
    courses = [await classroom.published(teacher, price=1000) for _ in prices]
    for course, price in zip(courses, prices, strict=True):
        await classroom.db.execute("UPDATE courses SET price_minor = %s WHERE id = %s", [price, course["id"]])
    ids = [course["id"] for course in courses]
    (conflict,) = (await quote(student, *ids))["conflicts"]
    assert (conflict["field"], conflict["code"]) == ("courseIds", code)
    assert says in conflict["message"]
    answer = await shop.start(student, *ids)
    assert refusal(answer) == (422, code)
    (detail,) = answer.json()["error"]["details"]
    assert says in detail["message"]
    assert shop.standin.ledger()["payment_intents"] == []


async def test_small_prices_that_are_enough_together_are_sold(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person
) -> None:
    courses = [await classroom.published(teacher, price=1000) for _ in range(3)]
    await classroom.db.execute("UPDATE courses SET price_minor = 20")
    answer = await shop.start(student, *(course["id"] for course in courses))
    assert (answer.status_code, answer.json()["data"]["payment"]["amount"]) == (201, 60)


async def test_what_is_quoted_is_what_is_charged_and_what_the_order_keeps(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, second: Json
) -> None:
    quoted = await quote(student, course["id"], second["id"])
    payment = (await shop.start(student, course["id"], second["id"])).json()["data"]["payment"]
    assert payment["amount"] == quoted["amount"]
    await teacher.put(f"/courses/{course['id']}", {"price": 9900})
    kept = await classroom.rows(
        "SELECT unit_amount_minor, discount_minor, tax_minor, amount_minor, price_rule FROM order_lines ORDER BY 1"
    )
    assert kept == [(3000, 0, 0, 3000, "list_price"), (5000, 0, 0, 5000, "list_price")]
    assert (await quote(student, course["id"], second["id"]))["amount"] == 12_900


@pytest.mark.parametrize(
    "body",
    [{}, {"courseIds": []}, {"courseIds": ["x"]}, {"courseIds": [str(uuid4())] * 51}, {"courseId": str(uuid4())}],
)
async def test_a_cart_that_is_none_is_a_422(student: Person, body: Json) -> None:
    assert (await student.post("/payments/quote", body)).status_code == 422


async def test_nobody_without_a_credential_gets_a_quote(shop: Shop, course: Json) -> None:
    answer = await shop.client.post("/api/v1/payments/quote", json={"courseIds": [course["id"]]})
    assert answer.status_code == 401
