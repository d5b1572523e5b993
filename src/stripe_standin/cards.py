"""Stripe's test cards, by token and by number, and what happens when each is charged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from stripe_standin.errors import StripeError

Behavior = Literal["succeed", "decline", "authenticate", "dispute", "inquire", "refund_later", "refund_fails"]


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card or a bank debit is declined: Stripe's code and message; only cards have a decline code."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Card:
    """A test card; servers send its `token` instead of its number."""

    kind: ClassVar = "card"
    token: str
    number: str
    behavior: Behavior = "succeed"
    brand: str = "visa"
    funding: str = "credit"
    decline: Decline | None = None
    dispute_reason: str = "fraudulent"
    other_tokens: tuple[str, ...] = field(default=())

    @property
    def last4(self) -> str:
        """The last four digits, which the API shows."""
        return self.number[-4:]


def declined(token: str, number: str, decline: Decline, *others: str) -> Card:
    """A card that is always declined."""
    return Card(token, number, "decline", decline=decline, other_tokens=others)


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
FRAUDULENT = Decline("card_declined", "fraudulent", "Your card was declined.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
WRONG_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
TRY_AGAIN = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
UNAUTHENTICATED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)

CARDS = (
    Card("pm_card_visa", "4242424242424242"),
    Card("pm_card_visa_debit", "4000056655665556", funding="debit"),
    Card("pm_card_mastercard", "5555555555554444", brand="mastercard"),
    Card("pm_card_amex", "378282246310005", brand="amex"),
    declined("pm_card_visa_chargeDeclined", "4000000000000002", GENERIC, "pm_card_chargeDeclined"),
    declined(
        "pm_card_chargeDeclinedInsufficientFunds",
        "4000000000009995",
        NO_FUNDS,
        "pm_card_visa_chargeDeclinedInsufficientFunds",
    ),
    declined("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", LOST),
    declined("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", STOLEN),
    declined("pm_card_visa_chargeDeclinedFraudulent", "4100000000000019", FRAUDULENT, "pm_card_radarBlock"),
    declined("pm_card_chargeDeclinedExpiredCard", "4000000000000069", EXPIRED),
    declined("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", WRONG_CVC),
    declined("pm_card_chargeDeclinedProcessingError", "4000000000000119", TRY_AGAIN),
    Card("pm_card_threeDSecure2Required", "4000000000003220", "authenticate"),
    Card("pm_card_authenticationRequired", "4000002500003155", "authenticate"),
    Card("pm_card_createDispute", "4000000000000259", "dispute"),
    Card(
        "pm_card_createDisputeProductNotReceived",
        "4000000000002685",
        "dispute",
        dispute_reason="product_not_received",
    ),
    Card("pm_card_createDisputeInquiry", "4000000000001976", "inquire"),
    Card("pm_card_pendingRefund", "4000000000007726", "refund_later"),
    Card("pm_card_refundFail", "4000000000005126", "refund_fails"),
)
BY_TOKEN = {token: card for card in CARDS for token in (card.token, *card.other_tokens)}
BY_NUMBER = {card.number: card for card in CARDS}


def find_card(number: str) -> Card:
    """The test card of a number; other numbers are rejected with Stripe's message and never stored."""
    digits = number.replace(" ", "").replace("-", "")
    if digits in BY_NUMBER:
        return BY_NUMBER[digits]
    if not (digits.isascii() and digits.isdigit() and passes_luhn(digits)):
        message = "Your card number is incorrect."
        raise StripeError(message, status=402, kind="card_error", code="incorrect_number", param="number")
    message = (
        "Your card was declined. Your request was in test mode, but used a non test (live) card. "
        "For a list of valid test cards, visit: https://stripe.com/docs/testing."
    )
    more = {"decline_code": "test_mode_live_card"}
    raise StripeError(message, status=402, kind="card_error", code="card_declined", more=more)


def passes_luhn(digits: str) -> bool:
    """Whether the check digit of a card number is valid."""
    doubled = [int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits))]
    return bool(digits) and sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
