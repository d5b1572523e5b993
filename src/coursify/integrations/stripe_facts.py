"""Reads Stripe's objects as our facts. Pure: dictionaries in, facts out.

Every field that Stripe's documentation calls optional is read as optional. Stripe does not always count in the
smallest unit of ISO 4217: `core/currencies.py` says where it differs.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from coursify.core.currencies import CURRENCIES
from coursify.core.money import Money
from coursify.modules.payments.gateway import (
    DisputeFact,
    DisputeOutcome,
    IntentFact,
    IntentStatus,
    ProviderEvent,
    ProviderRefused,
    RefundFact,
    RefundOutcome,
)

Json = dict[str, Any]

_INTENT_STATUSES: dict[str, IntentStatus] = {
    "requires_confirmation": "requires_action",
    "requires_capture": "processing",
    "requires_payment_method": "requires_payment_method",
    "requires_action": "requires_action",
    "processing": "processing",
    "canceled": "canceled",
    "succeeded": "succeeded",
}
_REFUND_OUTCOMES: dict[str, RefundOutcome] = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
# Inquiries ("warning_…") take no money, so they are handled like a won dispute.
_DISPUTE_OUTCOMES: dict[str, DisputeOutcome] = {"lost": "lost", "needs_response": "open", "under_review": "open"}
# The events about money; other events are not fetched.
EVENT_TYPES = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.processing",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.refunded",
        "charge.refund.updated",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_LATEST_SECOND = 1 << 33


def to_stripe(amount: Money) -> int:
    """The amount in Stripe's units. Raises ProviderRefused when Stripe cannot charge it."""
    currency = CURRENCIES[amount.currency]
    if amount.minor % currency.step_minor:
        raise ProviderRefused("amount_not_chargeable", f"not a multiple of {currency.step_minor}")
    return int(amount.minor * 10**currency.provider_decimals // 10**currency.decimals)


def from_stripe(amount: int, currency: str) -> Money:
    """An amount in a currency that is not in our table keeps Stripe's units; we never charge such a currency."""
    known = CURRENCIES.get(currency)
    if known is None:
        return Money(amount, currency)
    return Money(amount * 10**known.decimals // 10**known.provider_decimals, currency)


def read_intent(intent: Json, *, site: str | None = None) -> IntentFact:
    """A PaymentIntent, ours when it names `site`.

    Its fee and refunds are known when `latest_charge.balance_transaction` was expanded.
    A status that we do not know is `processing`: nothing is canceled, nothing expires, and money is still awaited.
    Only the message of a declined card is written for buyers; those of other failures speak to developers.
    """
    error = intent.get("last_payment_error") or {}
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    refunded = charge.get("amount_refunded")
    return IntentFact(
        id=intent["id"],
        status=_INTENT_STATUSES.get(intent["status"], "processing"),
        amount=from_stripe(intent["amount"], intent["currency"]),
        received=from_stripe(intent.get("amount_received") or 0, intent["currency"]),
        order_id=_metadata(intent, "order_id"),
        customer_id=_id(intent.get("customer")),
        client_secret=intent.get("client_secret"),
        error_code=(error.get("decline_code") or error.get("code") or error.get("type")) if error else None,
        error_message=error.get("message") if error.get("decline_code") else None,
        fee=_fee([charge.get("balance_transaction")]),
        refunded=None if refunded is None else from_stripe(refunded, charge.get("currency") or intent["currency"]),
        is_ours=site is not None and _metadata(intent, "site") == site,
    )


def read_refund(refund: Json, *, intent_id: str | None = None) -> RefundFact:
    """A Refund. `intent_id` is used when the refund has only its charge."""
    return RefundFact(
        id=refund["id"],
        intent_id=_id(refund.get("payment_intent")) or intent_id,
        status=_REFUND_OUTCOMES.get(refund.get("status") or "", "pending"),
        amount=from_stripe(refund["amount"], refund["currency"]),
        refund_id=_metadata(refund, "refund_id"),
        failure=refund.get("failure_reason"),
        created_at=datetime.fromtimestamp(refund["created"], UTC),
    )


def read_dispute(dispute: Json, *, intent_id: str | None = None) -> DisputeFact:
    """A Dispute. `intent_id` is used when the dispute has only its charge."""
    return DisputeFact(
        id=dispute["id"],
        intent_id=_id(dispute.get("payment_intent")) or intent_id,
        status=_DISPUTE_OUTCOMES.get(dispute["status"], "won"),
        amount=from_stripe(dispute["amount"], dispute["currency"]),
        opened_at=datetime.fromtimestamp(dispute["created"], UTC),
        fee=_fee(dispute.get("balance_transactions") or []),
    )


def read_event(event: Json) -> ProviderEvent:
    """Reads the type and object id only, so that events of other API versions can be read.

    Raises ValueError, KeyError or TypeError for what is no event.
    """
    changed = event["data"]["object"]
    object_type, object_id = _visible(changed["object"]), changed.get("id") or ""
    if object_type == "charge" and changed.get("payment_intent"):
        object_type, object_id = "payment_intent", _id(changed["payment_intent"])
    version = event.get("api_version")
    if not isinstance(event["livemode"], bool):
        raise TypeError("livemode is no boolean")
    return ProviderEvent(
        id=_visible(event["id"]),
        type=_visible(event["type"]),
        object_type=object_type,
        object_id=_visible(object_id) if object_id else "",
        api_version=None if version is None else _visible(version),
        livemode=event["livemode"],
        created_at=_moment(event["created"]),
        is_about_money=event["type"] in EVENT_TYPES,
    )


def charge_of(resource: Json) -> str | None:
    """The charge of a refund or dispute that does not have its intent."""
    return None if resource.get("payment_intent") else _id(resource.get("charge"))


def _fee(transactions: list[Any]) -> Money | None:
    """The sum of the provider's fees, or None when they are unknown."""
    known = [line for line in transactions if isinstance(line, dict) and "fee" in line]
    if not known:
        return None
    return from_stripe(sum(line["fee"] for line in known), known[0]["currency"])


def _metadata(resource: Json, name: str) -> str | None:
    found = (resource.get("metadata") or {}).get(name)
    return found if isinstance(found, str) else None


def _id(reference: Any) -> str | None:
    """An expandable reference is an id or the object itself."""
    found = reference.get("id") if isinstance(reference, dict) else reference
    return found if isinstance(found, str) else None


def _visible(text: Any) -> str:
    if not isinstance(text, str) or not _VISIBLE.fullmatch(text):
        raise ValueError("expected 1 to 255 visible ASCII characters")
    return text


def _moment(seconds: Any) -> datetime:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < _LATEST_SECOND:
        raise ValueError("expected seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def between(since: datetime, until: datetime) -> Json:
    return {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
