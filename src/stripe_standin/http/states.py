"""What became of a payment, in words: paid, refunded in part, disputed, declined."""

from __future__ import annotations

import sqlite3

from stripe_standin.json_types import Json
from stripe_standin.money import format_amount
from stripe_standin.store import objects

STATES = {
    "requires_payment_method": "Waits for a card",
    "requires_confirmation": "Waits for confirmation",
    "requires_action": "Waits for 3-D Secure",
    "processing": "The bank is moving the money",
    "canceled": "Canceled",
}
DISPUTES = {
    "won": "dispute won",
    "lost": "dispute lost",
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry closed",
}


def describe_payment(database: sqlite3.Connection, intent: Json) -> str:
    """The state with refunds and disputes as they are."""
    if intent["status"] != "succeeded":
        error = intent["last_payment_error"]
        state = STATES.get(intent["status"]) or str(intent["status"])
        return f"{state}; declined: {error.get('decline_code') or error['code']}" if error else state
    return "; ".join(["Paid", *_refunds(database, intent), *_disputes(database, intent)])


def _refunds(database: sqlite3.Connection, intent: Json) -> list[str]:
    found = objects.list_all(database, "refund", payment_intent=intent["id"])
    said = []
    done = sum(refund["amount"] for refund in found if refund["status"] == "succeeded")
    if done:
        whole = done >= intent["amount_received"]
        said.append("refunded" if whole else f"{format_amount(done, intent['currency'])} refunded")
    for status, words in (("pending", "refund on its way"), ("failed", "a refund failed")):
        said += [words] if any(refund["status"] == status for refund in found) else []
    return said


def _disputes(database: sqlite3.Connection, intent: Json) -> list[str]:
    found = objects.list_all(database, "dispute", payment_intent=intent["id"])
    return [DISPUTES.get(dispute["status"], "disputed") for dispute in found]


def title_of(intent: Json) -> str:
    """What was bought; without a description what the metadata says."""
    return (
        intent["description"] or ", ".join(f"{key}={value}" for key, value in intent["metadata"].items()) or "Payment"
    )
