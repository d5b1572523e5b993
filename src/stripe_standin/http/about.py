"""The part of the home page that never changes: test cards, test accounts, what is modeled and what is not."""

from html import escape

from stripe_standin.bank_accounts import ACCOUNTS, BankAccount
from stripe_standin.cards import CARDS, Card
from stripe_standin.http.layout import table

MODELED = (
    "payment intents paid by card (also with 3-D Secure) and, in euros, by SEPA Direct Debit, which takes days",
    "customers, charges, refunds, disputes, balance transactions, events, Checkout Sessions, webhook endpoints",
    "signed webhooks, repeated until they are accepted",
    "idempotency keys, lists with their filters and pages, expand",
    "every currency of 2026 with its decimals, its steps and its limits",
    "facts, faults and time on order, through the control door",
)
NOT_MODELED = (
    "manual capture, subscriptions, invoices, taxes, coupons of Stripe's own, payment methods other than cards and "
    "SEPA Direct Debit, mandates as objects, saved payment methods, Connect, payouts, conversion between currencies, "
    "Radar, dispute evidence, search, rate limits other than those asked for, and API versions other than its own"
)
CARD_STORIES = {
    "succeed": "is paid",
    "authenticate": "asks the bank's customer first (3-D Secure)",
    "dispute": "is paid, then disputed",
    "inquire": "is paid, then inquired about",
    "refund_later": "is paid; a refund stays pending until the control door settles it",
    "refund_fails": "is paid; a refund succeeds, then fails",
}
ACCOUNT_STORIES = {
    "succeed": "is processing, then paid",
    "dispute": "is processing, then paid, then disputed, and the dispute is lost",
}


def about() -> str:
    """Test cards, test accounts, and the limits of the stand-in."""
    return cards() + accounts() + limits()


def cards() -> str:
    """The test cards and what they do."""
    rows = [(card.token, card.number, CARD_STORIES.get(card.behavior) or declined(card)) for card in CARDS]
    head = ("Token", "Number", "What it does")
    return "<h2>Test cards</h2><p>Any future date and any CVC do.</p>" + table(head, rows)


def declined(card: Card) -> str:
    """What a card does that is always declined."""
    return f"is declined: {card.decline and card.decline.decline_code}"


def accounts() -> str:
    """The test bank accounts and what they do."""
    rows = [
        (account.token, account.iban, ACCOUNT_STORIES.get(account.behavior) or failed(account)) for account in ACCOUNTS
    ]
    head = ("Token", "IBAN", "What it does")
    return "<h2>Test bank accounts</h2><p>In euros; a name and an email are needed.</p>" + table(head, rows)


def failed(account: BankAccount) -> str:
    """What an account does whose debits always fail."""
    return f"is processing, then fails: {account.decline and account.decline.code}"


def limits() -> str:
    """What can be expected here, and what cannot."""
    modeled = "".join(f"<li>{escape(one)}</li>" for one in MODELED)
    return f"<h2>What it models</h2><ul>{modeled}</ul><h2>What it does not model</h2><p>{escape(NOT_MODELED)}.</p>"
