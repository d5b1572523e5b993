"""What a PaymentMethod stands for: a test card or a test bank account."""

from coursify.sandbox.stripe import bank_accounts, cards
from coursify.sandbox.stripe.bank_accounts import BankAccount
from coursify.sandbox.stripe.cards import Card

Instrument = Card | BankAccount
BY_TOKEN: dict[str, Instrument] = {**cards.BY_TOKEN, **bank_accounts.BY_TOKEN}
