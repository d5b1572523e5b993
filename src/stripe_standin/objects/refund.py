"""A Refund of a charge."""

from __future__ import annotations

from stripe_standin.ids import new_id
from stripe_standin.json_types import Json


def new_refund(charge: Json, amount: int, *, now: int, refund_id: str | None = None, status: str = "succeeded") -> Json:
    """A Refund of part or all of a charge."""
    by_card = "card" in charge["payment_method_details"]
    return {
        "id": refund_id or new_id("re" if by_card else "pyr"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": card_destination() if by_card else None,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }


def card_destination() -> Json:
    """The destination of a refund to a card."""
    return {
        "card": {
            "reference": None,
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        },
        "type": "card",
    }
