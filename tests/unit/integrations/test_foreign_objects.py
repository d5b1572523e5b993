"""Objects of another product on the same Stripe account can be read."""

from __future__ import annotations

from coursify.core.money import Money
from coursify.integrations.stripe_facts import read_dispute, read_intent, read_refund

INTENT = {"id": "pi_1", "status": "succeeded", "amount": 1234, "amount_received": 1234, "currency": "usdc"}


def test_an_intent_in_an_unknown_currency_keeps_the_providers_amount() -> None:
    fact = read_intent(INTENT)
    assert fact.received == Money(1234, "usdc")
    assert fact.received.format() == "1234 USDC"


def test_a_refund_and_a_dispute_in_an_unknown_currency_are_read() -> None:
    common = {"id": "re_1", "status": "succeeded", "amount": 5, "currency": "usdc", "created": 1_790_000_000}
    assert read_refund(common).amount == Money(5, "usdc")
    assert read_dispute(common | {"status": "lost"}).amount == Money(5, "usdc")


def test_an_unknown_status_of_an_intent_waits() -> None:
    fact = read_intent(INTENT | {"status": "requires_something_new"})
    assert fact.status == "processing"
    assert not fact.is_payable
