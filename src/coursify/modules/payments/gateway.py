"""What payments need from a payment provider: one Protocol, and the facts and errors that cross it.

Every amount is in the currency's smallest unit (ISO 4217), whatever the vendor's own convention is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from coursify.core.errors import AppError, Conflict, Unavailable
from coursify.core.money import Money
from coursify.core.resources import CoreResources

IntentStatus = Literal["requires_payment_method", "requires_action", "processing", "canceled", "succeeded"]
RefundOutcome = Literal["pending", "succeeded", "failed"]
DisputeOutcome = Literal["open", "won", "lost"]


class ProviderError(AppError):
    """The payment provider did not do what we asked. `reason` is for logs and the work list, never for clients."""

    reason: str


class ProviderUnavailable(ProviderError, Unavailable):
    """No usable answer: nothing is known about what the provider did. Try again under the same key.

    `is_answer`: it did answer, with a failure of its own, and may repeat that answer for ever under this key.
    """

    code = "payment_provider_unavailable"
    message = "The payment provider does not answer. Please try again in a moment."

    def __init__(self, reason: str, *, is_answer: bool = False) -> None:
        super().__init__()
        self.reason = reason
        self.is_answer = is_answer


class ProviderRefused(ProviderError, Conflict):
    """The provider refuses this request for good; `provider_code` is its own word for why."""

    code = "payment_provider_refused"
    message = "The payment provider did not accept this. Our team has been notified; nothing was charged."
    remedy = "Offer to try again later or to reach the school's support."
    is_final: ClassVar[bool] = False

    def __init__(self, provider_code: str, reason: str = "", *, param: str | None = None) -> None:
        super().__init__()
        self.provider_code = provider_code
        self.reason = f"{provider_code}: {reason}" if reason else provider_code
        self.param = param


class KeyReused(ProviderRefused):
    """The idempotency key belongs to an earlier request with other parameters: look up what that one made."""


class SignatureInvalid(Exception):
    """The webhook's bytes were not signed by the provider, or too long ago."""


@dataclass(frozen=True, slots=True)
class IntentFact:
    """What the provider says of one payment. `order_id` is the one we wrote into its metadata, None where we did not.

    `fee` is known once the money was taken and settled; `refunded` counts refunds that did not fail. `is_ours`: this
    school made it, also where a restored database has lost its order.
    """

    id: str
    status: IntentStatus
    amount: Money
    received: Money
    order_id: str | None
    customer_id: str | None
    client_secret: str | None
    error_code: str | None
    error_message: str | None
    fee: Money | None = None
    refunded: Money | None = None
    is_ours: bool = False

    @property
    def is_payable(self) -> bool:
        """Whether somebody can still pay it."""
        return self.status in {"requires_payment_method", "requires_action"}


@dataclass(frozen=True, slots=True)
class IntentLabel:
    """What people read at the provider beside the amount: the titles that are bought, and where its receipt goes."""

    description: str
    receipt_email: str | None


@dataclass(frozen=True, slots=True)
class RefundFact:
    """`refund_id` is the one we wrote into its metadata, None where we did not make it."""

    id: str
    intent_id: str | None
    status: RefundOutcome
    amount: Money
    refund_id: str | None
    failure: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """`fee`: what the provider keeps for it on balance, 0 where it gave the fee back; None where nothing is known."""

    id: str
    intent_id: str | None
    status: DisputeOutcome
    amount: Money
    opened_at: datetime
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A notice that an object changed. What its body says is a hint; the object is fetched again.

    `object_type` is `payment_intent` (also for its charges), `refund`, `dispute`, or another that we do not handle.
    `is_about_money`: whether its type can mean that money moved.
    """

    id: str
    type: str
    object_type: str
    object_id: str
    api_version: str | None
    livemode: bool
    created_at: datetime
    is_about_money: bool


class PaymentGateway(Protocol):
    """Every method raises ProviderUnavailable when nothing is known, ProviderRefused on a clear no.

    Lists come in pages, newest first, so that no caller holds all of them at once.
    """

    async def create_customer(
        self, *, user_id: str, email: str, name: str, replaces: str | None, attempt: int = 1
    ) -> str: ...

    async def update_customer(self, customer_id: str, *, email: str, name: str) -> None: ...

    async def delete_customer(self, customer_id: str) -> None: ...

    async def create_intent(
        self, *, order_id: str, amount: Money, customer_id: str, key: str, label: IntentLabel | None = None
    ) -> IntentFact: ...

    async def find_intent(self, *, order_id: str, customer_id: str) -> IntentFact | None: ...

    async def fetch_intent(self, intent_id: str) -> IntentFact: ...

    async def cancel_intent(self, intent_id: str) -> IntentFact: ...

    async def create_refund(self, *, refund_id: str, intent_id: str, amount: Money, key: str) -> RefundFact: ...

    async def fetch_refund(self, provider_refund_id: str) -> RefundFact: ...

    async def list_refunds(self, intent_id: str) -> list[RefundFact]: ...

    async def fetch_dispute(self, provider_dispute_id: str) -> DisputeFact: ...

    def list_events(self, *, since: datetime, until: datetime) -> AsyncIterator[list[ProviderEvent]]: ...

    def list_intents(self, *, since: datetime, until: datetime) -> AsyncIterator[list[IntentFact]]: ...

    def list_recent_refunds(self, *, since: datetime, until: datetime) -> AsyncIterator[list[RefundFact]]: ...

    def list_recent_disputes(self, *, since: datetime, until: datetime) -> AsyncIterator[list[DisputeFact]]: ...

    def read_event(self, payload: bytes, signature: str, *, now: datetime) -> ProviderEvent: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class PaymentResources(CoreResources):
    """The process's resources, with the payment provider."""

    payments: PaymentGateway
