"""A PaymentMethod: a test card or a test bank account."""

from __future__ import annotations

from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import Card
from stripe_standin.ids import new_id
from stripe_standin.json_types import Json
from stripe_standin.payment_methods import TestPaymentMethod

EXPIRY_MONTH = 8
EXPIRY_YEAR = 2035


def new_payment_method(
    test_method: TestPaymentMethod, *, now: int, billing: Json | None = None, metadata: Json | None = None
) -> Json:
    """A new PaymentMethod of a test card or account; it never contains the full number."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(billing or {}),
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": metadata or {},
        "type": test_method.kind,
        test_method.kind: describe(test_method),
    }


def describe(test_method: TestPaymentMethod) -> Json:
    """The public details of a card or a bank account."""
    return describe_account(test_method) if isinstance(test_method, BankAccount) else describe_card(test_method)


def describe_account(account: BankAccount) -> Json:
    """The public details of a bank account."""
    return {
        "bank_code": account.bank_code,
        "branch_code": "",
        "country": account.iban[:2],
        "fingerprint": fingerprint(account),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": account.last4,
    }


def describe_card(card: Card) -> Json:
    """The public details of a card."""
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": EXPIRY_MONTH,
        "exp_year": EXPIRY_YEAR,
        "fingerprint": fingerprint(card),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def fingerprint(test_method: TestPaymentMethod) -> str:
    """16 characters that are the same whenever the same card or account is used."""
    name = "sepa" if isinstance(test_method, BankAccount) else test_method.brand
    return f"Standin{name.title():.5}{test_method.last4}".ljust(16, "0")[:16]


def billing_details(given: Json) -> Json:
    """The billing details that the client sent."""
    address = given.get("address") or {}
    fields = ("city", "country", "line1", "line2", "postal_code", "state")
    return {
        "address": {field: address.get(field) for field in fields},
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": given.get("tax_id"),
    }
