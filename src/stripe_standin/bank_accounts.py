"""Stripe's test bank accounts for SEPA Direct Debit, by token and by IBAN, and how their debits end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from stripe_standin.cards import Decline
from stripe_standin.errors import StripeError

NOT_AUTHORIZED = Decline(
    "debit_not_authorized", None, "The customer has notified their bank that this payment was unauthorized."
)
NO_FUNDS = Decline("insufficient_funds", None, "The customer's account has insufficient funds to cover this payment.")
ATTEMPT_FAILED = Decline("payment_intent_payment_attempt_failed", None, "The payment failed.")
# The reasons of failed debits. They have no decline code; only card networks return one.
FAILURES = {reason.code: reason for reason in (NOT_AUTHORIZED, NO_FUNDS, ATTEMPT_FAILED)}


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A German test account; servers send its `token` instead of its IBAN."""

    kind: ClassVar = "sepa_debit"
    token: str
    iban: str
    behavior: Literal["succeed", "decline", "dispute"] = "succeed"
    decline: Decline | None = None
    dispute_reason: str = "debit_not_authorized"

    @property
    def last4(self) -> str:
        """The last four characters, which the API shows."""
        return self.iban[-4:]

    @property
    def bank_code(self) -> str:
        """The bank code in a German IBAN."""
        return self.iban[4:12]


ACCOUNTS = (
    BankAccount("pm_success_de", "DE89370400440532013000"),
    BankAccount("pm_failed_de", "DE62370400440532013001", "decline", decline=NOT_AUTHORIZED),
    BankAccount("pm_disputed_de", "DE35370400440532013002", "dispute"),
    BankAccount("pm_insufficientFunds_de", "DE65370400440002222227", "decline", decline=NO_FUNDS),
)
BY_TOKEN = {account.token: account for account in ACCOUNTS}
BY_IBAN = {account.iban: account for account in ACCOUNTS}


def find_account(iban: str) -> BankAccount:
    """The test account of an IBAN; other IBANs are rejected and never stored."""
    compact = iban.replace(" ", "").upper()
    if compact in BY_IBAN:
        return BY_IBAN[compact]
    param = "sepa_debit[iban]"
    if not is_iban(compact):
        message = "The IBAN you entered is invalid."
        raise StripeError(message, code="invalid_bank_account_iban", param=param)
    message = (
        "You cannot use a live bank account number when making transfers or debits in test mode. For a list of test "
        "IBANs, visit: https://stripe.com/docs/payments/sepa-debit/accept-a-payment."
    )
    raise StripeError(message, code="payment_method_invalid_parameter_testmode", param=param)


def is_iban(text: str) -> bool:
    """Whether the check digits of the IBAN are valid (ISO 7064, modulo 97)."""
    if not (text.isascii() and text.isalnum() and 15 <= len(text) <= 34):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
