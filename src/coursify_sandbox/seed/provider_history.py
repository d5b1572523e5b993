"""Imports the sample payments into the Stripe stand-in, with the same ids, amounts, fees and times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from coursify.core.database import Connection
from coursify.core.money import Money
from coursify.core.settings import StripeSettings
from coursify.integrations.stripe_facts import to_stripe
from coursify.modules.payments.gateway import IntentFact, PaymentGateway
from coursify.modules.webhooks import queries as webhooks
from coursify.modules.webhooks.services.fetch_missed_events import LOOK_BACK, SKEW
from coursify.modules.webhooks.services.store_events import PROVIDER
from coursify_sandbox.errors import SandboxError

TIMEOUT_SECONDS = 30


@dataclass
class ProviderHistory:
    """The body of the import: customers, and paid intents with their refunds."""

    customers: list[dict[str, Any]] = field(default_factory=list)
    payment_intents: list[dict[str, Any]] = field(default_factory=list)

    def add_customer(self, customer_id: str, *, user_id: UUID, email: str, name: str, at: datetime) -> None:
        self.customers.append(
            {
                "id": customer_id,
                "email": email,
                "name": name,
                "created": int(at.timestamp()),
                "metadata": {"user_id": str(user_id)},
            }
        )

    def add_payment(self, fact: IntentFact, *, description: str, at: datetime) -> None:
        self.payment_intents.append(
            {
                "id": fact.id,
                "amount": to_stripe(fact.amount),
                "currency": fact.amount.currency,
                "fee": to_stripe(fact.fee) if fact.fee else None,
                "customer": fact.customer_id,
                "created": int(at.timestamp()),
                "metadata": {"order_id": fact.order_id},
                "description": description,
            }
        )

    def add_refund(self, refund_id: str, *, intent_id: str, amount: Money, at: datetime) -> None:
        intent = next(entry for entry in self.payment_intents if entry["id"] == intent_id)
        intent |= {"refunded": to_stripe(amount), "refund_id": refund_id, "refund_created": int(at.timestamp())}


def check_standin(settings: StripeSettings) -> None:
    """Raise SandboxError unless a stand-in is running: the real Stripe cannot import payments."""
    if httpx.URL(settings.stripe_api_base).host not in {"127.0.0.1", "localhost", "::1"}:
        raise SandboxError(
            "Sample payments need the Stripe stand-in, but STRIPE_API_BASE is not on this machine: use --empty."
        )
    try:
        httpx.get(f"{settings.stripe_api_base}/_control/clock", trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise SandboxError(f"No Stripe stand-in responds at {settings.stripe_api_base}: {error}") from error


async def import_history(history: ProviderHistory, settings: StripeSettings) -> None:
    """Import the history without webhooks; repeating it changes nothing."""
    body = {"customers": history.customers, "payment_intents": history.payment_intents}
    async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_SECONDS) as client:
        try:
            response = await client.post(f"{settings.stripe_api_base}/_control/import", json=body)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise SandboxError(f"The Stripe stand-in did not import the sample payments: {error}") from error


async def store_history_events(db: Connection, gateway: PaymentGateway, *, now: datetime) -> None:
    """Store the events that the import made as handled, as far back as the reconciler looks: their facts are known."""
    async for page in gateway.list_events(since=now - LOOK_BACK - timedelta(hours=1), until=now + SKEW):
        await webhooks.insert_events(db, provider=PROVIDER, events=page, state="ignored", now=now)
