"""A Charge: one attempt to collect the amount of an intent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import Card, Decline
from stripe_standin.ids import new_id, new_token
from stripe_standin.json_types import Json
from stripe_standin.objects.payment_method import EXPIRY_MONTH, EXPIRY_YEAR, billing_details, fingerprint
from stripe_standin.payment_methods import TestPaymentMethod

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


def new_charge(
    intent: Json, test_method: TestPaymentMethod, *, method: Json | None, now: int, charge_id: str | None = None
) -> Json:
    """A succeeded Charge for the whole amount of its intent; the functions below change its status."""
    suffix = intent["statement_descriptor_suffix"]
    return dict.fromkeys(NULL_UNTIL_KNOWN) | {
        "id": charge_id or new_id("py" if isinstance(test_method, BankAccount) else "ch"),
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
        "payment_method_details": payment_method_details(test_method, intent["amount"], now=now),
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "shipping": intent["shipping"],
        "statement_descriptor_suffix": suffix,
        "status": "succeeded",
    }


def pending_charge(charge: Json) -> Json:
    """The charge while the bank processes it."""
    return charge | {"paid": False, "status": "pending"}


def succeeded_charge(charge: Json, amount: int) -> Json:
    """The paid charge; the received amount can differ from that of the intent."""
    return charge | {
        "amount": amount,
        "amount_captured": amount,
        "captured": True,
        "paid": True,
        "status": "succeeded",
    }


def failed_charge(charge: Json, reason: Decline) -> Json:
    """The declined charge."""
    return charge | {
        "amount_captured": 0,
        "captured": False,
        "paid": False,
        "status": "failed",
        "failure_code": reason.code,
        "failure_message": reason.message,
        "outcome": declined_outcome(reason.decline_code) if reason.decline_code else returned_outcome(reason),
    }


def approved_outcome() -> Json:
    """The card network approved the charge."""
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
    """The card network declined the charge, with its advice."""
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


def returned_outcome(reason: Decline) -> Json:
    """The bank returned the debit; without a card network there is no advice."""
    return approved_outcome() | {
        "network_status": "declined_by_network",
        "reason": reason.code,
        "seller_message": reason.message,
        "type": "issuer_declined",
    }


def payment_method_details(test_method: TestPaymentMethod, amount: int, *, now: int) -> Json:
    """How a charge was paid."""
    if isinstance(test_method, BankAccount):
        return {"sepa_debit": debited_account(test_method, now=now), "type": "sepa_debit"}
    return {"card": charged_card(test_method, amount), "type": "card"}


def debited_account(account: BankAccount, *, now: int) -> Json:
    """The bank account in the details of a charge."""
    next_day = datetime.fromtimestamp(now, UTC) + timedelta(days=1)
    return {
        "bank_code": account.bank_code,
        "branch_code": "",
        "country": account.iban[:2],
        "expected_debit_date": next_day.date().isoformat(),
        "fingerprint": fingerprint(account),
        "last4": account.last4,
        "mandate": new_id("mandate"),
    }


def charged_card(card: Card, amount: int) -> Json:
    """The card in the details of a charge."""
    return {
        "amount_authorized": amount,
        "authorization_code": new_token(6).upper(),
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "exp_month": EXPIRY_MONTH,
        "exp_year": EXPIRY_YEAR,
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
