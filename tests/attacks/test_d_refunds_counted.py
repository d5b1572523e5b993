"""Group D: what counts toward the two-person limit, who counts as one of the two, and what it leaves alone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from tests.attacks.conftest import LIMIT, PRICE
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

NEEDED = (409, "second_admin_needed")


@pytest.fixture
def client(two_person_client: httpx.AsyncClient) -> httpx.AsyncClient:
    return two_person_client


async def count_refunds(classroom: Classroom) -> int:
    return int((await classroom.rows("SELECT count(*) FROM refunds"))[0][0])


async def fail_newest_refund(classroom: Classroom, shop: Shop) -> None:
    """The provider made it, and takes it back."""
    await shop.settle()
    (provider_id,) = (await classroom.rows("SELECT provider_refund_id FROM refunds ORDER BY id DESC LIMIT 1"))[0]
    shop.standin.control("POST", f"refunds/{provider_id}", {"status": "failed"})
    await shop.settle()


async def test_D08_splitting_does_not_evade_the_limit(
    shop: Shop, first: Person, second: Person, payment: Json, course: Json
) -> None:
    assert (await shop.refund(first, payment["id"], amount=3000)).status_code == 202
    assert refusal(await shop.refund(first, payment["id"], amount=LIMIT - 2999)) == NEEDED
    assert refusal(await shop.refund(second, payment["id"], amount=3000, courseId=course["id"])) == NEEDED
    assert (await shop.refund(second, payment["id"], amount=LIMIT - 3000)).status_code == 202
    assert refusal(await shop.refund(first, payment["id"], amount=1)) == NEEDED


async def test_D08_many_parts_at_once_do_not_evade_it_either(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    asked = [(first, 3000), (second, 3001), (first, 3002), (second, 3003)]
    answers = await asyncio.gather(*(shop.refund(admin, payment["id"], amount=amount) for admin, amount in asked))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    assert await count_refunds(classroom) == 1


async def test_D08_what_two_agreed_on_does_not_count_against_one(
    shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"], amount=6000)
    assert (await shop.refund(second, payment["id"], amount=6000)).status_code == 202
    assert (await shop.refund(second, payment["id"], amount=LIMIT)).status_code == 202
    assert refusal(await shop.refund(second, payment["id"], amount=1)) == NEEDED


async def test_D08_a_refund_that_failed_does_not_count(
    classroom: Classroom, shop: Shop, first: Person, payment: Json
) -> None:
    assert (await shop.refund(first, payment["id"], amount=LIMIT)).status_code == 202
    await fail_newest_refund(classroom, shop)
    assert (await shop.refund(first, payment["id"], amount=LIMIT)).status_code == 202


async def test_D08_a_proposal_that_came_true_without_a_second_admin_confirms_nothing_later(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"], amount=4000)
    assert refusal(await shop.refund(first, payment["id"], amount=3000)) == NEEDED
    await fail_newest_refund(classroom, shop)
    assert (await shop.refund(first, payment["id"], amount=3000)).status_code == 202
    assert refusal(await shop.refund(second, payment["id"], amount=3000)) == NEEDED
    assert await classroom.rows("SELECT proposed_by, confirmed_by FROM refund_proposals ORDER BY id") == [
        (first.id, None),
        (second.id, None),
    ]


@pytest.mark.parametrize("change", [{"role": "student"}, {"role": "instructor"}, {"status": "suspended"}])
async def test_D08_who_is_no_admin_any_more_does_not_count_as_one_of_the_two(
    classroom: Classroom, shop: Shop, first: Person, second: Person, payment: Json, change: Json
) -> None:
    await shop.refund(first, payment["id"])
    assert (await second.call("PUT", f"/admin/users/{first.id}", change)).status_code == 200
    assert refusal(await shop.refund(second, payment["id"])) == NEEDED
    assert await count_refunds(classroom) == 0
    third = await classroom.person("admin")
    assert (await shop.refund(third, payment["id"])).status_code == 202
    assert await classroom.rows("SELECT proposed_by, confirmed_by FROM refund_proposals") == [(second.id, third.id)]


async def test_D08_a_student_confirms_nothing(
    classroom: Classroom, shop: Shop, first: Person, student: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"], amount=6000)
    assert refusal(await shop.refund(student, payment["id"], amount=6000)) == (403, "refund_not_allowed")
    assert (await shop.refund(await classroom.person("student"), payment["id"], amount=6000)).status_code == 404
    assert await count_refunds(classroom) == 0


async def test_D08_a_buyer_within_the_term_is_not_limited(
    classroom: Classroom, shop: Shop, first: Person, student: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"])
    assert (await shop.refund(student, payment["id"])).status_code == 202
    assert await classroom.rows("SELECT confirmed_by, refund_id FROM refund_proposals") == [(None, None)]
    assert await classroom.rows("SELECT amount_minor FROM refunds") == [(PRICE,)]


async def test_D08_what_a_buyer_asked_back_does_not_count_against_an_admin(
    classroom: Classroom, shop: Shop, first: Person, student: Person, course: Json
) -> None:
    other = await classroom.published(await classroom.person("instructor"), price=PRICE)
    payment = await shop.buy(student, course["id"], other["id"])
    assert (await shop.refund(student, payment["id"], courseId=other["id"])).status_code == 202
    assert (await shop.refund(first, payment["id"], amount=LIMIT)).status_code == 202


async def test_D08_a_proposal_that_does_not_fit_any_more_meets_the_ordinary_errors(
    classroom: Classroom, shop: Shop, first: Person, second: Person, student: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"], amount=PRICE - 1000)
    await shop.refund(first, payment["id"])
    assert (await shop.refund(second, payment["id"], amount=3000)).status_code == 202
    assert refusal(await shop.refund(second, payment["id"], amount=PRICE - 1000)) == (422, "refund_exceeds_payment")
    assert refusal(await shop.refund(second, payment["id"])) == NEEDED
    assert (await shop.refund(student, payment["id"])).status_code == 202
    assert refusal(await shop.refund(second, payment["id"])) == (409, "payment_not_refundable")
    assert await count_refunds(classroom) == 2


async def test_D08_a_dispute_forbids_what_was_proposed(
    shop: Shop, first: Person, second: Person, payment: Json
) -> None:
    await shop.refund(first, payment["id"])
    shop.standin.control("POST", "disputes", {"payment_intent": payment["transactionId"]})
    await shop.settle()
    assert refusal(await shop.refund(second, payment["id"])) == (409, "payment_disputed")


async def test_D08_a_currency_that_is_not_named_always_takes_two_admins(
    classroom: Classroom, shop: Shop, first: Person, student: Person
) -> None:
    course = await classroom.published(await classroom.person("instructor"), price=PRICE, currency="eur")
    payment = await shop.buy(student, course["id"])
    refused = await shop.refund(first, payment["id"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "second_admin_needed")
