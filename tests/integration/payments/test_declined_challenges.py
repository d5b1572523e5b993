"""A payment that the bank wants confirmed, and that its customer does not confirm."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person
from tests.support.plain_http import PLAIN
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def answer_challenge(shop: Shop, checkout: Json, outcome: str) -> None:
    confirmed = (await shop.confirm(checkout, "pm_card_threeDSecure2Required")).json()
    assert confirmed["status"] == "requires_action"
    async with httpx.AsyncClient(**PLAIN) as browser:
        page = confirmed["next_action"]["redirect_to_url"]["url"]
        assert (await browser.post(page, data={"outcome": outcome})).status_code in {200, 302, 303}


async def look(person: Person, checkout: Json) -> Json:
    answer = await person.get(f"/payments/{checkout['payment']['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def test_a_declined_challenge_is_a_last_error_and_the_same_intent_can_be_tried_again(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    await answer_challenge(shop, checkout, "decline")
    await shop.settle()
    assert await classroom.rows("SELECT count(*) FROM provider_events WHERE state NOT IN ('applied', 'ignored')") == [
        (0,)
    ]
    seen = await look(student, checkout)
    assert (seen["status"], seen["nextAction"]) == ("pending", {"type": "confirm"})
    assert seen["lastError"]["code"] == "payment_intent_authentication_failure"
    assert seen["lastError"]["message"]

    assert (await shop.confirm(checkout)).status_code == 200
    await shop.settle()
    seen = await look(student, checkout)
    assert (seen["status"], seen["lastError"], seen["nextAction"]) == ("succeeded", None, None)
    await assert_sound(shop, classroom)


async def test_a_challenge_that_waits_says_what_to_do(shop: Shop, student: Person, course: Json) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    assert checkout["payment"]["nextAction"] == {"type": "confirm"}
    await shop.confirm(checkout, "pm_card_threeDSecure2Required")
    seen = await look(student, checkout)
    assert (seen["status"], seen["nextAction"]) == ("pending", {"type": "authenticate"})
    await answer_challenge_again(shop, checkout)
    await shop.settle()
    assert (await look(student, checkout))["status"] == "succeeded"


async def answer_challenge_again(shop: Shop, checkout: Json) -> None:
    """Approve the question that waits."""
    secret = {"key": shop.standin.publishable_key, "client_secret": checkout["clientSecret"]}
    async with httpx.AsyncClient(**PLAIN) as browser:
        intent = await browser.get(
            f"{shop.standin.url}/v1/payment_intents/{checkout['payment']['transactionId']}", params=secret
        )
        page = intent.json()["next_action"]["redirect_to_url"]["url"]
        await browser.post(page, data={"outcome": "approve"})


async def test_what_the_provider_says_of_a_failure_that_is_no_cards_reaches_no_client(
    shop: Shop, student: Person, course: Json
) -> None:
    """Only the messages of card errors are written for buyers."""
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.settle_intent(checkout["payment"]["transactionId"], "failed", code="debit_not_authorized")
    error = (await look(student, checkout))["lastError"]
    assert error["code"] == "debit_not_authorized"
    assert error["message"] == "The payment was declined. Try again, or pay another way."
