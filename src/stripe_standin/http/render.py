"""Renders a stored object for a response: some of its fields depend on the time."""

from __future__ import annotations

from stripe_standin.json_types import Json
from stripe_standin.objects import balance_transaction
from stripe_standin.standin import Call


def render_object(call: Call, stored: Json) -> Json:
    """The object with the fields that depend on the time."""
    if stored.get("object") == "balance_transaction":
        return balance_transaction.with_current_status(stored, call.now)
    if stored.get("object") == "dispute":
        transactions = [
            balance_transaction.with_current_status(money, call.now) for money in stored["balance_transactions"]
        ]
        return stored | {"balance_transactions": transactions}
    return stored
