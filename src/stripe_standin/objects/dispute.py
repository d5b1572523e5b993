"""A Dispute: the buyer's bank withdraws the money of a charge and asks for evidence."""

from __future__ import annotations

from stripe_standin.ids import new_id
from stripe_standin.json_types import Json

RESPONSE_SECONDS = 9 * 24 * 3600
# fmt: off
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file",
    "uncategorized_text",
)
# fmt: on


def new_dispute(
    charge: Json,
    *,
    reason: str,
    now: int,
    inquiry: bool = False,
    amount: int | None = None,
    currency: str | None = None,
) -> Json:
    """A Dispute about the remaining amount of a charge, or about another amount; an inquiry moves no money."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"] if amount is None else amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": currency or charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + RESPONSE_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": disputed_card(charge, reason=reason, inquiry=inquiry),
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }


def disputed_card(charge: Json, *, reason: str, inquiry: bool) -> Json | None:
    """The case of the card network; None for a bank debit."""
    card = charge["payment_method_details"].get("card")
    if card is None:
        return None
    case = {
        "brand": card["brand"],
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": card["network"],
        "network_reason_code": "10.4" if reason == "fraudulent" else "13.1",
    }
    return {"card": case, "type": "card"}
