"""A price that can never be charged is refused when it is set, with the limit."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.classroom import Classroom

pytestmark = pytest.mark.anyio

NEVER = [
    (10, "usd", "must be 0 or at least 50 (0.50 USD), the smallest charge"),
    (1, "jpy", "must be 0 or at least 50 (50 JPY), the smallest charge"),
    (100, "krw", "must be 0 or at least 600 (600 KRW), the smallest charge"),
    (1005, "kwd", "must be a multiple of 10: kwd is charged in steps of that size"),
    (5050, "mga", "must be a multiple of 100: mga is charged in steps of that size"),
    (100_000_000, "usd", "must be at most 99999999 (999999.99 USD), the largest charge"),
]
ALWAYS = [
    (150_000_000, "idr"),
    (100_000_000, "cop"),
    (50, "usd"),
    (50, "jpy"),
    (1010, "kwd"),
    (5000, "mga"),
    (0, "kwd"),
]


def body_with(price: int, currency: str) -> dict[str, Any]:
    return {"title": "A", "description": "", "category": "music", "price": price, "currency": currency}


def assert_price_refused(answer: httpx.Response, sentence: str) -> None:
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "price_not_chargeable"), answer.text
    assert answer.json()["error"]["details"] == [{"field": "price", "message": sentence}]


@pytest.mark.parametrize(("price", "currency", "sentence"), NEVER)
async def test_a_price_that_can_never_be_charged_is_refused_with_the_limit(
    classroom: Classroom, price: int, currency: str, sentence: str
) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada, price=5000, currency=currency)
    async with classroom.unchanged():
        assert_price_refused(await ada.post("/courses", body_with(price, currency)), sentence)
        assert_price_refused(await ada.put(f"/courses/{course['id']}", {"price": price}), sentence)


@pytest.mark.parametrize(("price", "currency"), ALWAYS)
async def test_a_price_within_the_limits_of_its_currency_is_taken(
    classroom: Classroom, price: int, currency: str
) -> None:
    ada = await classroom.person("instructor")
    answer = await ada.post("/courses", body_with(price, currency))
    assert (answer.status_code, answer.json()["data"]["price"]) == (201, price)


async def test_the_limits_are_those_of_the_schools_currency_where_none_is_given(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    body = body_with(10, "usd")
    del body["currency"]
    assert_price_refused(await ada.post("/courses", body), NEVER[0][2])


async def test_a_change_of_currency_looks_at_the_stored_price(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada, price=500, currency="usd")
    path = f"/courses/{course['id']}"
    async with classroom.unchanged():
        assert_price_refused(
            await ada.put(path, {"currency": "krw"}),
            "must be 0 or at least 600 (600 KRW), the smallest charge",
        )
    assert (await ada.put(path, {"currency": "krw", "price": 600})).json()["data"]["price"] == 600
    assert (await ada.put(path, {"currency": "huf", "price": None})).json()["data"]["price"] is None


@pytest.mark.parametrize("price", [-1, 10**12, 10**20, 4.5, "500", True])
async def test_an_amount_is_a_whole_number_that_some_currency_takes(classroom: Classroom, price: Any) -> None:
    ada = await classroom.person("instructor")
    answer = await ada.post("/courses", body_with(price, "idr"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "validation_failed")


async def test_a_price_from_before_the_limits_is_neither_submitted_nor_approved(classroom: Classroom) -> None:
    """Everything else about such a course can still be changed."""
    ada, root = await classroom.person("instructor"), await classroom.person("admin")
    draft, pending = await classroom.draft(ada), await classroom.pending(ada)
    await classroom.lesson(ada, draft)
    await classroom.db.execute("UPDATE courses SET price_minor = 10")
    assert_price_refused(await ada.post(f"/courses/{draft['id']}/submit"), NEVER[0][2])
    assert_price_refused(await root.post(f"/admin/courses/{pending['id']}/approve"), NEVER[0][2])
    assert (await ada.put(f"/courses/{draft['id']}", {"title": "Renamed"})).status_code == 200
    assert (await ada.put(f"/courses/{draft['id']}", {"price": 500})).status_code == 200
    assert (await ada.post(f"/courses/{draft['id']}/submit")).status_code == 200


async def test_the_catalogue_filters_by_every_price_that_can_be_set(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada, price=150_000_000, currency="idr")
    answer = await classroom.get("/courses?minPrice=150000000&maxPrice=999999999999&sort=price&currency=idr")
    assert [found["id"] for found in answer.json()["data"]] == [course["id"]]
    assert (await classroom.get("/courses?maxPrice=1000000000000")).status_code == 422
