"""What we need from the outside world, in our words: three short Protocols and the facts that cross them.

Every amount is in the currency's smallest unit (ISO 4217), whatever the vendor's own convention is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from coursify.core.money import Money

IntentStatus = Literal["requires_payment_method", "requires_action", "processing", "canceled", "succeeded"]
RefundOutcome = Literal["pending", "succeeded", "failed"]
DisputeOutcome = Literal["open", "won", "lost"]


class GatewayError(Exception):
    """The provider could not be asked or did not answer; nothing is known about what it did. Try again, same key.

    `is_answer`: it did answer, with a failure of its own, and may answer so for ever under this key.
    """

    def __init__(self, message: str, *, is_answer: bool = False) -> None:
        super().__init__(message)
        self.is_answer = is_answer


class GatewayRefused(Exception):
    """The provider says no for good (`code`, `message`); the same request will not be accepted later."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SignatureInvalid(Exception):
    """The webhook's bytes were not signed by the provider, or too long ago."""


@dataclass(frozen=True, slots=True)
class IntentFact:
    """What the provider says of one payment: the only thing that settles it."""

    id: str
    status: IntentStatus
    amount: Money
    received: Money
    order_id: str | None
    customer_id: str | None
    client_secret: str | None
    error_code: str | None
    error_message: str | None


@dataclass(frozen=True, slots=True)
class RefundFact:
    id: str
    intent_id: str | None
    status: RefundOutcome
    amount: Money
    refund_id: str | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class DisputeFact:
    id: str
    intent_id: str | None
    status: DisputeOutcome
    amount: Money
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A notice that an object changed. What its body says is a hint; the object is fetched again.

    `object_type` is `payment_intent` (also for its charges), `refund`, `dispute`, or another that does not concern us.
    """

    id: str
    type: str
    object_type: str
    object_id: str
    api_version: str | None
    livemode: bool
    created_at: datetime


class PaymentGateway(Protocol):
    """Every method raises GatewayError when nothing is known, GatewayRefused on a clear no."""

    async def create_customer(self, *, user_id: str, email: str, name: str) -> str: ...

    async def delete_customer(self, customer_id: str) -> None: ...

    async def create_intent(self, *, order_id: str, amount: Money, customer_id: str, key: str) -> IntentFact: ...

    async def find_intent(self, *, order_id: str, customer_id: str) -> IntentFact | None: ...

    async def fetch_intent(self, intent_id: str) -> IntentFact: ...

    async def cancel_intent(self, intent_id: str) -> IntentFact: ...

    async def create_refund(self, *, refund_id: str, intent_id: str, amount: Money) -> RefundFact: ...

    async def fetch_refund(self, provider_refund_id: str) -> RefundFact: ...

    async def list_refunds(self, intent_id: str) -> list[RefundFact]: ...

    async def fetch_dispute(self, provider_dispute_id: str) -> DisputeFact: ...

    async def list_events(self, *, since: datetime) -> list[ProviderEvent]: ...

    def read_event(self, payload: bytes, signature: str, *, now: datetime) -> ProviderEvent: ...

    def minimum_charge(self, currency: str) -> int: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, ready to go out; `key` is its identity with us (`receipt:<order id>`), set when it is delivered."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    key: str = ""


class MailRefused(Exception):
    """The provider will never take this letter (an address it does not accept, say)."""


class MailUnavailable(Exception):
    """The provider took nothing; the same letter may be handed over again later."""


class MailUncertain(Exception):
    """The provider may have taken the letter: it was sent, and no answer came."""


class Mailer(Protocol):
    async def send(self, letter: Letter) -> str:
        """Hand the letter over; answers the provider's id. Raises MailUnavailable, MailRefused or MailUncertain."""
        ...

    async def forget(self, address: str) -> None:
        """Ask the provider to erase what it knows of an address. Raises MailUnavailable, MailRefused."""
        ...

    async def close(self) -> None: ...
