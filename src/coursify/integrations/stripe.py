"""Stripe, through its SDK. Only this file and `stripe_facts` know Stripe's terms and amounts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus

import stripe
from stripe import StripeClient

from coursify.core.logging import log
from coursify.core.metrics import observe_call
from coursify.core.money import Money
from coursify.core.settings import StripeSettings
from coursify.integrations.stripe_facts import (
    EVENT_TYPES,
    between,
    charge_of,
    read_dispute,
    read_event,
    read_intent,
    read_refund,
    to_stripe,
)
from coursify.modules.payments.gateway import (
    DisputeFact,
    IntentFact,
    IntentLabel,
    KeyReused,
    ProviderEvent,
    ProviderRefused,
    ProviderUnavailable,
    RefundFact,
    SignatureInvalid,
)

if TYPE_CHECKING:  # the images leave these modules of the SDK out
    from stripe.params import PaymentIntentCreateParams

API_VERSION = stripe.api_version
RETRIES = 2
TOLERANCE_SECONDS = 300
PAGE = 100
LONGEST_SIGNATURE = 2_048
_WITH_CHARGE = ["latest_charge.balance_transaction"]
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)

Json = dict[str, Any]
Fact = TypeVar("Fact")


class StripeGateway:
    """A PaymentGateway. A timeout or 5xx is ProviderUnavailable (the outcome is unknown), a 4xx is ProviderRefused."""

    def __init__(self, settings: StripeSettings, *, site: str) -> None:
        """`site` tells the payments of this school from those of another one on the same account."""
        self._site = site
        self._read_intent = partial(read_intent, site=site)
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

    async def create_customer(
        self, *, user_id: str, email: str, name: str, replaces: str | None, attempt: int = 1
    ) -> str:
        """The key includes all parameters, because Stripe rejects a key with others; a repeated attempt looks first."""
        if attempt > 1 and (found := await self._find_customer(user_id, email)):
            return found
        about = hashlib.sha256("\x1f".join((email, name, replaces or "")).encode()).hexdigest()[:16]
        customer = await self._ask(
            "post",
            "customers",
            email=email,
            name=name,
            metadata={"user_id": user_id},
            idempotency_key=f"customer:{user_id}:{about}:a{attempt}",
        )
        return str(customer["id"])

    async def _find_customer(self, user_id: str, email: str) -> str | None:
        async for page in self._pages("customers", email=email):
            for customer in page:
                if (customer.get("metadata") or {}).get("user_id") == user_id:
                    return str(customer["id"])
        return None

    async def update_customer(self, customer_id: str, *, email: str, name: str) -> None:
        """A customer that Stripe has lost is no error: the next purchase makes another."""
        await _unless_missing(self._ask("post", "customers", customer_id, email=email, name=name))

    async def delete_customer(self, customer_id: str) -> None:
        """Deleting a customer that is already deleted is no error."""
        await _unless_missing(self._ask("delete", "customers", customer_id))

    async def create_intent(
        self, *, order_id: str, amount: Money, customer_id: str, key: str, label: IntentLabel | None = None
    ) -> IntentFact:
        parameters: PaymentIntentCreateParams = {
            "amount": to_stripe(amount),
            "currency": amount.currency,
            "customer": customer_id,
            "metadata": {"order_id": order_id, "site": self._site},
            "automatic_payment_methods": {"enabled": True},
        }
        if label:
            parameters["description"] = label.description
        if label and label.receipt_email:
            parameters["receipt_email"] = label.receipt_email
        created = await self._ask("post", "payment_intents", **parameters, idempotency_key=key)
        return _read(self._read_intent, created)

    async def find_intent(self, *, order_id: str, customer_id: str) -> IntentFact | None:
        """The newest intent of this order that is not canceled, or None. It is used when a key cannot be trusted."""
        async for page in self._pages("payment_intents", customer=customer_id):
            for intent in page:
                if (intent.get("metadata") or {}).get("order_id") == order_id and intent["status"] != "canceled":
                    return _read(self._read_intent, intent)
        return None

    async def fetch_intent(self, intent_id: str) -> IntentFact:
        """The intent with the fee and refunds of its charge."""
        return _read(self._read_intent, await self._ask("get", "payment_intents", intent_id, expand=_WITH_CHARGE))

    async def cancel_intent(self, intent_id: str) -> IntentFact:
        """Cancel the intent. When it can no longer be canceled, return its state, which may be `succeeded`."""
        try:
            return _read(self._read_intent, await self._ask("post", "payment_intents", intent_id, "cancel"))
        except ProviderRefused as refusal:
            if refusal.provider_code != "payment_intent_unexpected_state":
                raise
            return await self.fetch_intent(intent_id)

    async def create_refund(self, *, refund_id: str, intent_id: str, amount: Money, key: str) -> RefundFact:
        refund = await self._ask(
            "post",
            "refunds",
            payment_intent=intent_id,
            amount=to_stripe(amount),
            metadata={"refund_id": refund_id},
            idempotency_key=key,
        )
        return _read(read_refund, refund)

    async def fetch_refund(self, provider_refund_id: str) -> RefundFact:
        refund = await self._ask("get", "refunds", provider_refund_id)
        intent_id = await self._intent_of_charge(charge_of(refund))
        return _read(lambda found: read_refund(found, intent_id=intent_id), refund)

    async def list_refunds(self, intent_id: str) -> list[RefundFact]:
        pages = self._pages("refunds", payment_intent=intent_id)
        return [_read(read_refund, refund) async for page in pages for refund in page]

    async def fetch_dispute(self, provider_dispute_id: str) -> DisputeFact:
        dispute = await self._ask("get", "disputes", provider_dispute_id)
        intent_id = await self._intent_of_charge(charge_of(dispute))
        return _read(lambda found: read_dispute(found, intent_id=intent_id), dispute)

    async def list_events(self, *, since: datetime, until: datetime) -> AsyncIterator[list[ProviderEvent]]:
        """Events about money, newest first. An event that cannot be read is logged and left out."""
        async for page in self._pages("events", types=sorted(EVENT_TYPES), created=between(since, until)):
            yield _read_all(read_event, page)

    async def list_intents(self, *, since: datetime, until: datetime) -> AsyncIterator[list[IntentFact]]:
        """The intents of our orders, with their refunded amounts."""
        created = between(since, until)
        async for page in self._pages("payment_intents", created=created, expand=["data.latest_charge"]):
            ours = [intent for intent in page if (intent.get("metadata") or {}).get("order_id")]
            yield _read_all(self._read_intent, ours)

    async def list_recent_refunds(self, *, since: datetime, until: datetime) -> AsyncIterator[list[RefundFact]]:
        """Refunds of any payment of the account, ours or not."""
        async for page in self._pages("refunds", created=between(since, until)):
            yield _read_all(read_refund, page)

    async def list_recent_disputes(self, *, since: datetime, until: datetime) -> AsyncIterator[list[DisputeFact]]:
        """Disputes of any payment of the account, ours or not."""
        async for page in self._pages("disputes", created=between(since, until)):
            yield _read_all(read_dispute, page)

    def read_event(self, payload: bytes, signature: str, *, now: datetime) -> ProviderEvent:
        """Verify the signature (one of our secrets, at most 300 s from `now`) and return the event."""
        self._verify(payload, signature, now)
        try:
            return read_event(json.loads(payload))
        except (*_UNREADABLE, RecursionError) as error:
            raise SignatureInvalid("the body is not an event") from error

    def _verify(self, payload: bytes, signature: str, now: datetime) -> None:
        """Accept exactly one timestamp: of two, the SDK might check one and we the other."""
        timestamps = [part.removeprefix("t=") for part in signature.split(",") if part.startswith("t=")]
        if (
            not signature.isascii()
            or len(signature) > LONGEST_SIGNATURE
            or len(timestamps) != 1
            or not re.fullmatch(r"[0-9]{1,12}", timestamps[0])
        ):
            raise SignatureInvalid("the signature cannot be read")
        if abs(now.timestamp() - int(timestamps[0])) > TOLERANCE_SECONDS:
            raise SignatureInvalid("too old or too new")
        try:
            text = payload.decode()
        except UnicodeDecodeError as error:
            raise SignatureInvalid("the body is not UTF-8") from error
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=None)
            except stripe.SignatureVerificationError:
                continue
            return
        raise SignatureInvalid("not signed by Stripe")

    async def _intent_of_charge(self, charge_id: str | None) -> str | None:
        if charge_id is None:
            return None
        charge = await self._ask("get", "charges", charge_id)
        found = charge.get("payment_intent")
        return found["id"] if isinstance(found, dict) else found

    async def _pages(self, kind: str, **asked: Any) -> AsyncIterator[list[Json]]:
        """One page at a time, newest first, so that no list is in memory as a whole."""
        while True:
            page = await self._ask("get", kind, limit=PAGE, **asked)
            yield page["data"]
            if not page.get("has_more") or not page["data"]:
                return
            asked["starting_after"] = page["data"][-1]["id"]

    async def _ask(self, method: str, /, *path: str, **parameters: Any) -> Json:
        """The response as a dictionary; every failure becomes ProviderUnavailable or ProviderRefused."""
        # The SDK's objects would cost more than the request itself, and ten times as much for a page of events.
        url = "/v1/" + "/".join(quote_plus(part) for part in path)
        with observe_call("stripe", refusals=(ProviderRefused,)):
            return await _answer(self._client.raw_request_async(method, url, **parameters))

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]  # untyped in the SDK


async def _unless_missing(call: Awaitable[Json]) -> None:
    try:
        await call
    except ProviderRefused as refusal:
        if refusal.provider_code != "resource_missing":
            raise


async def _answer(call: Awaitable[stripe.StripeResponse]) -> Json:
    try:
        answer = (await call).data
        if not isinstance(answer, dict):
            raise TypeError("not an object")
        return answer
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProviderUnavailable(type(error).__name__) from error
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        if error.http_status == 409:
            raise ProviderUnavailable("the same request is still running") from error
        code = error.code or "invalid_request"
        if isinstance(error, stripe.IdempotencyError):
            raise KeyReused(code, error.user_message or "") from error
        raise ProviderRefused(code, error.user_message or "", param=getattr(error, "param", None)) from error
    except stripe.StripeError as error:
        is_answer = (error.http_status or 0) >= 500
        raise ProviderUnavailable(type(error).__name__, is_answer=is_answer) from error
    except _UNREADABLE as error:
        raise ProviderUnavailable("the response could not be read") from error


def _read(read: Callable[[Json], Fact], resource: Json) -> Fact:
    try:
        return read(resource)
    except _UNREADABLE as error:
        raise ProviderUnavailable(f"{resource.get('object')} {resource.get('id')} could not be read") from error


def _read_all(read: Callable[[Json], Fact], page: list[Json]) -> list[Fact]:
    """Leave out an item that cannot be read, such as an object of another API version."""
    facts = []
    for resource in page:
        try:
            facts.append(_read(read, resource))
        except ProviderUnavailable as error:
            log.warning("provider object not readable", object_id=resource.get("id"), reason=error.reason)
    return facts
