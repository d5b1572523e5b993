"""The static part of the home page: test cards, test bank accounts, what is modeled and what is not."""

from __future__ import annotations

from html import escape

from stripe_standin.bank_accounts import ACCOUNTS, BankAccount
from stripe_standin.cards import CARDS, Card
from stripe_standin.http.layout import table

MODELED = (
    "payment intents by card, with and without 3-D Secure, and in euros by SEPA Direct Debit, which takes days",
    "customers, charges, refunds, disputes, balance transactions, events, Checkout Sessions, webhook endpoints",
    "signed webhooks, repeated until they are accepted",
    "idempotency keys, lists with their filters and pages, expand",
    "every currency of 2026 with its decimals, steps and limits",
    "a control API that sets states, injects faults and moves the clock",
)
NOT_MODELED = (
    "manual capture, subscriptions, invoices, taxes, Stripe's coupons, payment methods other than cards and "
    "SEPA Direct Debit, mandates as objects, saved payment methods, Connect, payouts, conversion between currencies, "
    "Radar, dispute evidence, search, rate limits other than injected ones, and other API versions"
)
CARD_BEHAVIOR = {
    "succeed": "is paid",
    "authenticate": "requires authentication first (3-D Secure)",
    "dispute": "is paid, then disputed",
    "inquire": "is paid, then inquired about",
    "refund_later": "is paid; a refund stays pending until the control API changes its status",
    "refund_fails": "is paid; a refund succeeds, then fails",
}
ACCOUNT_BEHAVIOR = {
    "succeed": "is processing, then paid",
    "dispute": "is processing, then paid, then disputed, and the dispute is lost",
}


def about() -> str:
    """Test cards, test bank accounts, and what the stand-in models."""
    return cards() + accounts() + scope()


def cards() -> str:
    """The table of test cards."""
    rows = [(card.token, card.number, CARD_BEHAVIOR.get(card.behavior) or declined(card)) for card in CARDS]
    head = ("Token", "Number", "What happens")
    return "<h2>Test cards</h2><p>Use any future date and any CVC.</p>" + table(head, rows)


def declined(card: Card) -> str:
    """The behavior of a card that is always declined."""
    return f"is declined: {card.decline and card.decline.decline_code}"


def accounts() -> str:
    """The table of test bank accounts."""
    rows = [
        (account.token, account.iban, ACCOUNT_BEHAVIOR.get(account.behavior) or failed(account)) for account in ACCOUNTS
    ]
    head = ("Token", "IBAN", "What happens")
    return "<h2>Test bank accounts</h2><p>For payments in euros; a name and an email address are required.</p>" + table(
        head, rows
    )


def failed(account: BankAccount) -> str:
    """The behavior of an account whose debits always fail."""
    return f"is processing, then fails: {account.decline and account.decline.code}"


def scope() -> str:
    """What the stand-in models and what it does not."""
    modeled = "".join(f"<li>{escape(feature)}</li>" for feature in MODELED)
    return f"<h2>What it models</h2><ul>{modeled}</ul><h2>What it does not model</h2><p>{escape(NOT_MODELED)}.</p>"
