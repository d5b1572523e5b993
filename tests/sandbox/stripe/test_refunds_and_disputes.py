"""Refunds and disputes return at most the received amount, and both can be reversed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.stripe.conftest import Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

Body = dict[str, Any]


def pay(raw: httpx.Client, card: str = "pm_card_visa") -> Body:
    sent = {"amount": "5000", "currency": "usd", "confirm": "true", "payment_method": card}
    paid: Body = raw.post("/v1/payment_intents", data=sent).json()
    return paid


def refund(raw: httpx.Client, intent: Body, **more: str) -> httpx.Response:
    return raw.post("/v1/refunds", data={"payment_intent": intent["id"], **more})


def ledger_of(standin: StripeStandin, intent: Body) -> Body:
    return next(line for line in standin.ledger()["payment_intents"] if line["id"] == intent["id"])


def charge_of(raw: httpx.Client, intent: Body) -> Body:
    charge: Body = raw.get(f"/v1/charges/{intent['latest_charge']}").json()
    return charge


def test_refunds_never_exceed_the_remaining_amount(
    raw: httpx.Client, standin: StripeStandin, receiver: Receiver
) -> None:
    intent = pay(raw)
    assert refund(raw, intent, amount="2000").json()["status"] == "succeeded"
    too_much = refund(raw, intent, amount="3001")
    assert too_much.status_code == 400
    assert too_much.json()["error"] == {
        "message": "Refund amount ($30.01) is greater than unrefunded amount on charge ($30.00)",
        "type": "invalid_request_error",
        "param": "amount",
    }
    assert charge_of(raw, intent)["refunded"] is False
    assert refund(raw, intent).json()["amount"] == 3000
    again = refund(raw, intent)
    assert (again.status_code, again.json()["error"]["code"]) == (400, "charge_already_refunded")
    assert (charge_of(raw, intent)["amount_refunded"], charge_of(raw, intent)["refunded"]) == (5000, True)
    assert ledger_of(standin, intent)["net"] == 0
    event = receiver.wait_for("charge.refunded", intent["id"])
    assert event["data"]["previous_attributes"]["amount_refunded"] in {0, 2000}


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "x"])
def test_a_refund_is_a_positive_whole_amount(raw: httpx.Client, amount: str) -> None:
    assert refund(raw, pay(raw), amount=amount).status_code == 400


def test_an_unpaid_intent_cannot_be_refunded(raw: httpx.Client) -> None:
    intent = raw.post("/v1/payment_intents", data={"amount": "5000", "currency": "usd"}).json()
    assert refund(raw, intent).status_code == 400
    assert raw.post("/v1/refunds").status_code == 400
    assert refund(raw, {"id": "pi_none"}).json()["error"]["code"] == "resource_missing"


def test_a_refund_can_fail_after_it_succeeded(raw: httpx.Client, standin: StripeStandin, receiver: Receiver) -> None:
    intent = pay(raw)
    made = refund(raw, intent).json()
    failed = standin.control("POST", f"refunds/{made['id']}", {"status": "failed"})
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    assert ledger_of(standin, intent)["refunded"] == 0
    assert charge_of(raw, intent)["amount_refunded"] == 0
    receiver.wait_for("refund.failed", made["id"])
    receiver.wait_for("refund.updated", made["id"])
    assert refund(raw, intent).json()["status"] == "succeeded"
    response = httpx.post(f"{standin.url}/_control/refunds/{made['id']}", json={"status": "succeeded"}, **PLAIN)
    assert response.status_code == 400


def test_a_refund_can_be_pending_first(raw: httpx.Client, standin: StripeStandin) -> None:
    intent = pay(raw, "pm_card_pendingRefund")
    made = refund(raw, intent, amount="1000").json()
    assert (made["status"], made["pending_reason"]) == ("pending", "processing")
    assert standin.control("POST", f"refunds/{made['id']}", {"status": "succeeded"})["status"] == "succeeded"
    assert ledger_of(standin, intent)["refunded"] == 1000


def test_a_refund_to_a_card_whose_refunds_fail_returns_no_money(raw: httpx.Client, standin: StripeStandin) -> None:
    intent = pay(raw, "pm_card_refundFail")
    made = refund(raw, intent).json()
    assert made["status"] == "succeeded"
    assert raw.get(f"/v1/refunds/{made['id']}").json()["status"] == "failed"
    assert ledger_of(standin, intent)["refunded"] == 0


def test_a_disputed_payment_is_withdrawn_and_cannot_be_refunded(
    raw: httpx.Client,
    standin: StripeStandin,
    receiver: Receiver,
) -> None:
    intent = pay(raw, "pm_card_createDispute")
    event = receiver.wait_for("charge.dispute.created", intent["id"])
    receiver.wait_for("charge.dispute.funds_withdrawn", intent["id"])
    assert charge_of(raw, intent)["disputed"] is True
    assert ledger_of(standin, intent)["disputed"] == 5000
    assert refund(raw, intent).json()["error"]["code"] == "charge_disputed"
    dispute = raw.get(f"/v1/disputes/{event['data']['object']['id']}").json()
    assert (dispute["status"], dispute["balance_transactions"][0]["net"]) == ("needs_response", -6500)


def test_a_won_dispute_returns_the_money(raw: httpx.Client, standin: StripeStandin, receiver: Receiver) -> None:
    intent = pay(raw)
    dispute = standin.control("POST", "disputes", {"payment_intent": intent["id"], "reason": "duplicate"})
    assert dispute["reason"] == "duplicate"
    standin.control("POST", f"disputes/{dispute['id']}", {"status": "under_review"})
    receiver.wait_for("charge.dispute.updated", dispute["id"])
    assert standin.control("POST", f"disputes/{dispute['id']}", {"status": "won"})["status"] == "won"
    assert ledger_of(standin, intent)["disputed"] == 0
    receiver.wait_for("charge.dispute.closed", dispute["id"])
    receiver.wait_for("charge.dispute.funds_reinstated", dispute["id"])
    assert refund(raw, intent).status_code == 200


def test_a_dispute_can_be_accepted_once(raw: httpx.Client, standin: StripeStandin) -> None:
    intent = pay(raw)
    refund(raw, intent, amount="1000")
    dispute = standin.control("POST", "disputes", {"payment_intent": intent["id"]})
    assert dispute["amount"] == 4000
    assert raw.post(f"/v1/disputes/{dispute['id']}/close").json()["status"] == "lost"
    assert raw.post(f"/v1/disputes/{dispute['id']}/close").status_code == 400
    assert ledger_of(standin, intent)["net"] == 0


def test_an_inquiry_moves_no_money(raw: httpx.Client, standin: StripeStandin) -> None:
    intent = pay(raw, "pm_card_createDisputeInquiry")
    dispute = raw.get("/v1/disputes", params={"payment_intent": intent["id"]}).json()["data"][0]
    assert (dispute["status"], dispute["is_charge_refundable"]) == ("warning_needs_response", True)
    assert ledger_of(standin, intent)["disputed"] == 0
    assert refund(raw, intent).status_code == 200
