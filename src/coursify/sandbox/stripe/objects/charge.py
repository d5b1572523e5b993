"""A Charge: one attempt to take the money of an intent."""

from coursify.sandbox.stripe.cards import Card
from coursify.sandbox.stripe.ids import new_id, new_token
from coursify.sandbox.stripe.objects.payment_method import EXPIRES_MONTH, EXPIRES_YEAR, billing_details, fingerprint
from coursify.sandbox.stripe.vocabulary import Json

STATEMENT_DESCRIPTOR = "COURSIFY SANDBOX"
NULL_UNTIL_KNOWN = (
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "failure_balance_transaction",
    "failure_code",
    "failure_message",
    "on_behalf_of",
    "receipt_number",
    "receipt_url",
    "review",
    "source",
    "source_transfer",
    "statement_descriptor",
    "transfer_data",
    "transfer_group",
)


def new_charge(intent: Json, card: Card, *, method: Json | None, now: int, charge_id: str | None = None) -> Json:
    """A Charge that succeeded for the whole amount of its intent; `failed_charge` makes of it one that did not."""
    suffix = intent["statement_descriptor_suffix"]
    return dict.fromkeys(NULL_UNTIL_KNOWN) | {
        "id": charge_id or new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "billing_details": method["billing_details"] if method else billing_details({}),
        "calculated_statement_descriptor": f"{STATEMENT_DESCRIPTOR}* {suffix}" if suffix else STATEMENT_DESCRIPTOR,
        "captured": True,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": approved_outcome(),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"] if method else None,
        "payment_method_details": {"card": paid_with(card, intent["amount"]), "type": "card"},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "shipping": intent["shipping"],
        "statement_descriptor_suffix": suffix,
        "status": "succeeded",
    }


def failed_charge(charge: Json, *, code: str, decline_code: str, message: str) -> Json:
    """The same attempt, declined."""
    return charge | {
        "amount_captured": 0,
        "captured": False,
        "paid": False,
        "status": "failed",
        "failure_code": code,
        "failure_message": message,
        "outcome": declined_outcome(decline_code),
    }


def approved_outcome() -> Json:
    """The network said yes."""
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def declined_outcome(decline_code: str) -> Json:
    """The network said no, and which advice it gave."""
    return approved_outcome() | {
        "advice_code": "try_again_later",
        "network_advice_code": "02",
        "network_decline_code": "05",
        "network_status": "declined_by_network",
        "reason": decline_code,
        "seller_message": f"The bank returned the decline code `{decline_code}`."
        if decline_code != "generic_decline"
        else "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def paid_with(card: Card, amount: int) -> Json:
    """The card as it stands on a charge."""
    return {
        "amount_authorized": amount,
        "authorization_code": new_token(6).upper(),
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "exp_month": EXPIRES_MONTH,
        "exp_year": EXPIRES_YEAR,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": fingerprint(card),
        "funding": card.funding,
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.last4,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": new_token(15),
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
