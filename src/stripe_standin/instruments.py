"""What a PaymentMethod stands for: a test card or a test bank account."""

from stripe_standin import bank_accounts, cards
from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import Card

Instrument = Card | BankAccount
BY_TOKEN: dict[str, Instrument] = {**cards.BY_TOKEN, **bank_accounts.BY_TOKEN}
