"""Stripe, through its own SDK; the only file that knows Stripe's words and Stripe's amounts.

Stripe does not always count in the smallest unit of ISO 4217: `core/currencies.py` says where it differs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe import StripeClient

from coursify.core.currencies import CURRENCIES
from coursify.core.gateways import (
    DisputeFact,
    GatewayError,
    GatewayRefused,
    IntentFact,
    IntentStatus,
    ProviderEvent,
    RefundFact,
    SignatureInvalid,
)
from coursify.core.money import Money
from coursify.core.settings import StripeSettings

API_VERSION = stripe.api_version
RETRIES = 2
TOLERANCE_SECONDS = 300
_OPEN_DISPUTES = frozenset({"needs_response", "under_review"})


def to_stripe(amount: Money) -> int:
    """Our minor units as Stripe counts them; raises GatewayRefused where Stripe cannot charge the amount."""
    currency = CURRENCIES[amount.currency]
    if amount.minor % currency.step_minor:
        raise GatewayRefused("amount_not_chargeable", f"not a multiple of {currency.step_minor}")
    return int(amount.minor * 10**currency.provider_decimals // 10**currency.decimals)


def from_stripe(amount: int, currency: str) -> Money:
    known = CURRENCIES[currency]
    return Money(amount * 10**known.decimals // 10**known.provider_decimals, currency)


class StripeGateway:
    """A PaymentGateway. A time-out or 5xx is GatewayError (nothing is known), a 4xx is GatewayRefused."""

    def __init__(self, settings: StripeSettings) -> None:
        self._secrets = [
            secret.get_secret_value()
            for secret in (settings.stripe_webhook_secret, settings.stripe_webhook_secret_previous)
            if secret
        ]
        self._http = stripe.HTTPXClient(timeout=settings.stripe_timeout_seconds, allow_sync_methods=True)
        self._client = StripeClient(
            settings.stripe_secret_key.get_secret_value(),
            base_addresses={"api": settings.stripe_api_base},
            http_client=self._http,
            max_network_retries=RETRIES,
        )

    async def create_customer(self, *, user_id: str, email: str, name: str) -> str:
        customer = await _ask(
            self._client.v1.customers.create_async(
                {"email": email, "name": name, "metadata": {"user_id": user_id}},
                {"idempotency_key": f"customer:{user_id}"},
            )
        )
        return str(customer.id)

    async def delete_customer(self, customer_id: str) -> None:
        """One that is deleted already is no error."""
        try:
            await _ask(self._client.v1.customers.delete_async(customer_id))
        except GatewayRefused as refusal:
            if refusal.code != "resource_missing":
                raise

    async def create_intent(self, *, order_id: str, amount: Money, customer_id: str, key: str) -> IntentFact:
        intent = await _ask(
            self._client.v1.payment_intents.create_async(
                {
                    "amount": to_stripe(amount),
                    "currency": amount.currency,
                    "customer": customer_id,
                    "metadata": {"order_id": order_id},
                    "automatic_payment_methods": {"enabled": True},
                },
                {"idempotency_key": key},
            )
        )
        return _intent(intent)

    async def find_intent(self, *, order_id: str, customer_id: str) -> IntentFact | None:
        """The newest intent of this order that is not canceled, or None: what to adopt when a key was forgotten."""
        intents = await _ask(self._client.v1.payment_intents.list_async({"customer": customer_id, "limit": 100}))
        for intent in intents.data:
            if _named(intent, "order_id") == order_id and intent.status != "canceled":
                return _intent(intent)
        return None

    async def fetch_intent(self, intent_id: str) -> IntentFact:
        return _intent(await _ask(self._client.v1.payment_intents.retrieve_async(intent_id)))

    async def cancel_intent(self, intent_id: str) -> IntentFact:
        """Cancel; when it is too late, the truth instead (it may have succeeded meanwhile)."""
        try:
            return _intent(await _ask(self._client.v1.payment_intents.cancel_async(intent_id)))
        except GatewayRefused as refusal:
            if refusal.code != "payment_intent_unexpected_state":
                raise
            return await self.fetch_intent(intent_id)

    async def create_refund(self, *, refund_id: str, intent_id: str, amount: Money) -> RefundFact:
        refund = await _ask(
            self._client.v1.refunds.create_async(
                {
                    "payment_intent": intent_id,
                    "amount": to_stripe(amount),
                    "metadata": {"refund_id": refund_id},
                },
                {"idempotency_key": f"refund:{refund_id}"},
            )
        )
        return _refund(refund)

    async def fetch_refund(self, provider_refund_id: str) -> RefundFact:
        return _refund(await _ask(self._client.v1.refunds.retrieve_async(provider_refund_id)))

    async def list_refunds(self, intent_id: str) -> list[RefundFact]:
        refunds = await _ask(self._client.v1.refunds.list_async({"payment_intent": intent_id, "limit": 100}))
        return [_refund(refund) for refund in refunds.data]

    async def fetch_dispute(self, provider_dispute_id: str) -> DisputeFact:
        return _dispute(await _ask(self._client.v1.disputes.retrieve_async(provider_dispute_id)))

    async def list_events(self, *, since: datetime) -> list[ProviderEvent]:
        """What changed since then, oldest first."""
        events = await _ask(
            self._client.v1.events.list_async({"created": {"gte": int(since.timestamp())}, "limit": 100})
        )
        return [_event(event.to_dict()) async for event in events.auto_paging_iter()][::-1]

    def read_event(self, payload: bytes, signature: str, *, now: datetime) -> ProviderEvent:
        """The event, if its bytes were signed with one of our secrets within 300 s of `now`, both ways."""
        self._verify(payload, signature, now)
        try:
            return _event(json.loads(payload))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SignatureInvalid("the body is not an event") from error

    def _verify(self, payload: bytes, signature: str, now: datetime) -> None:
        try:
            text = payload.decode()
            sent_at = int(dict(part.split("=", 1) for part in signature.split(",") if "=" in part)["t"])
        except (UnicodeDecodeError, KeyError, ValueError) as error:
            raise SignatureInvalid("unreadable") from error
        if abs(now.timestamp() - sent_at) > TOLERANCE_SECONDS:
            raise SignatureInvalid("too old or too new")
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=None)
            except stripe.SignatureVerificationError:
                continue
            return
        raise SignatureInvalid("not signed by Stripe")

    def minimum_charge(self, currency: str) -> int:
        """The least that can be charged in this currency, in our minor units."""
        return CURRENCIES[currency].minimum_minor

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # the SDK left it untyped


async def _ask(call: Any) -> Any:
    try:
        return await call
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayError(type(error).__name__) from error
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        if error.http_status == 409:
            raise GatewayError("the same request is still running") from error
        raise GatewayRefused(error.code or "invalid_request", error.user_message or "refused") from error
    except stripe.StripeError as error:
        raise GatewayError(type(error).__name__, is_answer=error.http_status is not None) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GatewayError("the answer was not understood") from error


def _intent(intent: Any) -> IntentFact:
    error = intent.last_payment_error
    status: IntentStatus = "requires_action" if intent.status == "requires_confirmation" else intent.status
    return IntentFact(
        id=intent.id,
        status=status,
        amount=from_stripe(intent.amount, intent.currency),
        received=from_stripe(intent.amount_received or 0, intent.currency),
        order_id=_named(intent, "order_id"),
        customer_id=_id(intent.customer),
        client_secret=intent.client_secret,
        error_code=(error.decline_code or error.code) if error else None,
        error_message=error.message if error else None,
    )


def _refund(refund: Any) -> RefundFact:
    outcomes = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
    return RefundFact(
        id=refund.id,
        intent_id=_id(refund.payment_intent),
        status=outcomes.get(refund.status, "pending"),  # type: ignore[arg-type]  # the three words of RefundOutcome
        amount=from_stripe(refund.amount, refund.currency),
        refund_id=_named(refund, "refund_id"),
        failure=getattr(refund, "failure_reason", None),
    )


def _dispute(dispute: Any) -> DisputeFact:
    # Warnings (inquiries) never take money: they end like a dispute that was won.
    closed = "lost" if dispute.status == "lost" else "won"
    return DisputeFact(
        id=dispute.id,
        intent_id=_id(dispute.payment_intent),
        status="open" if dispute.status in _OPEN_DISPUTES else closed,  # type: ignore[arg-type]  # DisputeOutcome's words
        amount=from_stripe(dispute.amount, dispute.currency),
        opened_at=datetime.fromtimestamp(dispute.created, UTC),
    )


def _event(event: dict[str, Any]) -> ProviderEvent:
    """Only type and object id are read: an event of another API version is understood too."""
    changed = event["data"]["object"]
    object_type, object_id = str(changed["object"]), str(changed.get("id") or "")
    if object_type == "charge" and changed.get("payment_intent"):
        object_type, object_id = "payment_intent", str(changed["payment_intent"])
    return ProviderEvent(
        id=str(event["id"]),
        type=str(event["type"]),
        object_type=object_type,
        object_id=object_id,
        api_version=event.get("api_version"),
        livemode=bool(event["livemode"]),
        created_at=datetime.fromtimestamp(int(event["created"]), UTC),
    )


def _named(resource: Any, name: str) -> str | None:
    """What we wrote into the resource's metadata under this name."""
    return resource.metadata.to_dict().get(name) if resource.metadata else None


def _id(reference: Any) -> str | None:
    """An expandable reference is an id or the object itself."""
    return reference if reference is None or isinstance(reference, str) else str(reference.id)
