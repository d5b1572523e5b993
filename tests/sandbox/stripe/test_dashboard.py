"""The pages of the stand-in for people: payments by title, a timeline, webhooks, faults and time as buttons."""

from __future__ import annotations

import httpx
from tests.sandbox.stripe.conftest import Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin


def pay(raw: httpx.Client, *, title: str, amount: int = 1000) -> str:
    form = {
        "amount": str(amount),
        "currency": "usd",
        "description": title,
        "receipt_email": "anna@example.com",
        "payment_method": "pm_card_visa",
        "confirm": "true",
        "return_url": "http://127.0.0.1:1/",
    }
    answer = raw.post("/v1/payment_intents", data=form)
    assert answer.json()["status"] == "succeeded", answer.text
    return str(answer.json()["id"])


def test_payments_are_listed_by_title_with_refunds_and_disputes(standin: StripeStandin, raw: httpx.Client) -> None:
    pay(raw, title="Rust & <friends>")
    part, whole, disputed = (pay(raw, title=title) for title in ("Part", "Whole", "Disputed"))
    raw.post("/v1/refunds", data={"payment_intent": part, "amount": "400"})
    raw.post("/v1/refunds", data={"payment_intent": whole})
    standin.open_dispute(disputed)
    home = httpx.get(standin.url, **PLAIN).text
    assert "Rust &amp; &lt;friends&gt;</a>" in home
    assert "Paid; 4.00 usd refunded" in home
    assert "Paid; refunded" in home
    assert "Paid; disputed" in home
    assert home.count("anna@example.com") >= 4


def test_one_payment_is_a_timeline_that_says_which_webhooks_were_accepted(
    standin: StripeStandin, raw: httpx.Client, receiver: Receiver
) -> None:
    receiver.statuses[:] = [500]
    intent = pay(raw, title="Rust in practice")
    standin.flush()
    page = httpx.get(f"{standin.url}/payments/{intent}", **PLAIN)
    assert page.status_code == 200
    created, succeeded = page.text.index("payment_intent.created"), page.text.index("payment_intent.succeeded")
    assert created < succeeded
    assert "accepted" in page.text
    assert "Every webhook was accepted." in httpx.get(f"{standin.url}/webhooks", **PLAIN).text
    receiver.statuses[:] = [500] * 50
    pay(raw, title="Unheard")
    assert "not accepted yet" in httpx.get(f"{standin.url}/webhooks", **PLAIN).text
    receiver.statuses.clear()
    assert httpx.get(f"{standin.url}/payments/pi_none", **PLAIN).status_code == 404


def test_faults_and_time_are_buttons_of_the_page_alone(standin: StripeStandin) -> None:
    def press(path: str, choice: str, origin: str = standin.url) -> int:
        answer = httpx.post(
            standin.url + path, data={"choice": choice}, headers={"Origin": origin}, follow_redirects=False, **PLAIN
        )
        return answer.status_code

    assert press("/tools/faults", "drop") == 303
    assert standin.control("GET", "faults")["drop"] == 1.0
    assert "Lose every webhook</strong>" in httpx.get(standin.url, **PLAIN).text
    assert press("/tools/faults", "none", "https://evil.example") == 403
    assert standin.control("GET", "faults")["drop"] == 1.0
    assert press("/tools/faults", "none") == 303
    assert standin.control("GET", "faults")["drop"] == 0.0
    before = standin.control("GET", "clock")["offset_seconds"]
    assert press("/tools/clock", "day") == 303
    assert standin.control("GET", "clock")["offset_seconds"] == before + 86_400
    assert press("/tools/clock", "never") == 400
