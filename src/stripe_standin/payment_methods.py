"""Stripe's test payment methods: cards and bank accounts, by token."""

from __future__ import annotations

from stripe_standin import bank_accounts, cards
from stripe_standin.bank_accounts import BankAccount
from stripe_standin.cards import Card

TestPaymentMethod = Card | BankAccount
BY_TOKEN: dict[str, TestPaymentMethod] = {**cards.BY_TOKEN, **bank_accounts.BY_TOKEN}
