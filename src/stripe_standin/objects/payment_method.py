"""A PaymentMethod: a test card or a test bank account as Stripe describes it."""

from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import Card
from stripe_standin.ids import new_id
from stripe_standin.instruments import Instrument
from stripe_standin.vocabulary import Json

EXPIRES_MONTH = 8
EXPIRES_YEAR = 2035


def new_payment_method(
    instrument: Instrument, *, now: int, billing: Json | None = None, metadata: Json | None = None
) -> Json:
    """A fresh PaymentMethod for a test card or account; the number itself is never part of it."""
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
        "type": instrument.kind,
        instrument.kind: describe(instrument),
    }


def describe(instrument: Instrument) -> Json:
    """What may be known of a card or an account."""
    return describe_account(instrument) if isinstance(instrument, BankAccount) else describe_card(instrument)


def describe_account(account: BankAccount) -> Json:
    """What may be known of a bank account."""
    return {
        "bank_code": account.bank_code,
        "branch_code": "",
        "country": account.iban[:2],
        "fingerprint": fingerprint(account),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": account.last4,
    }


def describe_card(card: Card) -> Json:
    """What may be known of a card."""
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": EXPIRES_MONTH,
        "exp_year": EXPIRES_YEAR,
        "fingerprint": fingerprint(card),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def fingerprint(instrument: Instrument) -> str:
    """The same 16 characters for the same card or account, whoever uses it."""
    name = "sepa" if isinstance(instrument, BankAccount) else instrument.brand
    return f"Standin{name.title():.5}{instrument.last4}".ljust(16, "0")[:16]


def billing_details(given: Json) -> Json:
    """Who pays, as far as the client said so."""
    address = given.get("address") or {}
    places = ("city", "country", "line1", "line2", "postal_code", "state")
    return {
        "address": {place: address.get(place) for place in places},
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": given.get("tax_id"),
    }
