"""Buys as a client does: request an intent, confirm it with Stripe, read the payment."""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from tests.support.classroom import PREFIX, Person
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

from coursify.core.money import Money
from coursify.integrations.stripe import StripeGateway
from coursify.modules.webhooks.jobs import reconcile_recent
from coursify.resources import Resources

Json = dict[str, Any]


def new_key() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Shop:
    """The application's client, the stand-in, and the delivery of its events."""

    client: httpx.AsyncClient
    standin: StripeStandin
    resources: Resources
    run_jobs: Callable[[], Awaitable[None]]
    settled: set[str] = field(default_factory=set)

    async def start(self, buyer: Person, *course_ids: str, key: str | None = None) -> httpx.Response:
        body = {"courseId": course_ids[0]} if len(course_ids) == 1 else {"courseIds": list(course_ids)}
        return await buyer.post("/payments", body, headers={"Idempotency-Key": key or new_key()})

    async def confirm(self, checkout: Json, card: str = "pm_card_visa") -> httpx.Response:
        """What Stripe.js sends: the publishable key, the client secret and a card."""
        intent_id = checkout["payment"]["transactionId"]
        async with httpx.AsyncClient(**PLAIN) as browser:
            return await browser.post(
                f"{self.standin.url}/v1/payment_intents/{intent_id}/confirm",
                data={
                    "key": self.standin.publishable_key,
                    "client_secret": checkout["clientSecret"],
                    "payment_method": card,
                    "return_url": "https://school.example.com/thanks",
                },
            )

    async def pay(self, buyer: Person, *course_ids: str, card: str = "pm_card_visa") -> Json:
        """Starts and confirms; no webhook is delivered yet."""
        answer = await self.start(buyer, *course_ids)
        assert answer.status_code in {200, 201}, answer.text
        checkout: Json = answer.json()["data"]
        confirmed = await self.confirm(checkout, card)
        assert confirmed.status_code == 200, confirmed.text
        return checkout

    async def buy(self, buyer: Person, *course_ids: str) -> Json:
        """Pays, delivers the webhooks and runs every job; returns the payment as the buyer sees it."""
        checkout = await self.pay(buyer, *course_ids)
        await self.settle()
        answer = await buyer.get(f"/payments/{checkout['payment']['id']}")
        payment: Json = answer.json()["data"]
        assert payment["status"] == "succeeded", payment
        return payment

    async def refund(self, admin: Person, payment_id: str, **fields: Any) -> httpx.Response:
        return await admin.post(
            "/payments/refund", {"paymentId": payment_id} | fields, headers={"Idempotency-Key": new_key()}
        )

    async def create_refund(self, intent_id: str, *, amount: int, refund_id: str) -> Json:
        """A refund made with the secret key and the metadata of one of ours, but not by us."""
        async with httpx.AsyncClient(**PLAIN, auth=(self.standin.secret_key, "")) as api:
            data = {"payment_intent": intent_id, "amount": amount, "metadata[refund_id]": refund_id}
            answer = await api.post(f"{self.standin.url}/v1/refunds", data=data)
            assert answer.status_code == 200, answer.text
            made: Json = answer.json()
            return made

    async def change_intent(self, intent_id: str, **fields: Any) -> None:
        """Change an intent with the secret key, as somebody with access to the account can."""
        async with httpx.AsyncClient(**PLAIN, auth=(self.standin.secret_key, "")) as api:
            answer = await api.post(f"{self.standin.url}/v1/payment_intents/{intent_id}", data=fields)
            assert answer.status_code == 200, answer.text

    async def events(self) -> list[Json]:
        """Every event of Stripe, oldest first, as in the body of a webhook."""
        async with httpx.AsyncClient(**PLAIN, auth=(self.standin.secret_key, "")) as api:
            found: list[Json] = []
            query: dict[str, Any] = {"limit": 100}
            while True:
                page = (await api.get(f"{self.standin.url}/v1/events", params=query)).json()
                found += page["data"]
                if not page["has_more"]:
                    return found[::-1]
                query["starting_after"] = page["data"][-1]["id"]

    def sign(self, event: Json, *, seconds: int = 0) -> tuple[bytes, dict[str, str]]:
        """The event's bytes and the headers Stripe would send with them, `seconds` off."""
        body = json.dumps(event, separators=(",", ":")).encode()
        stamp = int(time.time() + self.resources.database.offset().total_seconds()) + seconds
        signature = hmac.digest(self.standin.webhook_secret.encode(), f"{stamp}.".encode() + body, "sha256").hex()
        return body, {"Stripe-Signature": f"t={stamp},v1={signature}", "Content-Type": "application/json"}

    async def deliver(self, event: Json) -> httpx.Response:
        """One webhook, signed as Stripe signs."""
        body, headers = self.sign(event)
        return await self.client.post(PREFIX + "/payments/webhook", content=body, headers=headers)

    async def reconcile(self) -> None:
        await reconcile_recent(self.resources)

    async def stray_intent(self, buyer: Person, order_id: str, *, amount: int) -> str:
        """A second intent of one of our orders, as it results from a key that the provider has forgotten."""
        gateway = self.resources.payments
        customer = await gateway.create_customer(
            user_id=str(buyer.id), email="stray@example.com", name=buyer.name, replaces=None
        )
        fact = await gateway.create_intent(
            order_id=order_id, amount=Money(amount, "usd"), customer_id=customer, key=new_key()
        )
        return fact.id

    async def lost_intent(self) -> str:
        """An intent of this school whose buyer and order a restored database has lost."""
        gateway = self.resources.payments
        customer = await gateway.create_customer(
            user_id=str(uuid4()), email="lost@example.com", name="Lost", replaces=None
        )
        fact = await gateway.create_intent(
            order_id=str(uuid4()), amount=Money(4900, "usd"), customer_id=customer, key=new_key()
        )
        return fact.id

    async def foreign_intent(self) -> str:
        """An intent of another product on the same Stripe account."""
        gateway = StripeGateway(self.resources.settings.stripe, site="https://elsewhere.example.com")
        customer = await gateway.create_customer(
            user_id="elsewhere", email="elsewhere@example.com", name="Elsewhere", replaces=None
        )
        fact = await gateway.create_intent(
            order_id="elsewhere", amount=Money(900, "usd"), customer_id=customer, key=new_key()
        )
        await gateway.close()
        return fact.id

    async def deliver_all(self) -> None:
        """Delivers every event, also those that were delivered before."""
        await self._deliver_each(await self.events())

    async def settle(self) -> None:
        """Delivers every event that no earlier call delivered, and runs every job, until neither adds anything."""
        for _ in range(2):
            await self._deliver_each([event for event in await self.events() if event["id"] not in self.settled])
            await self.run_jobs()

    async def _deliver_each(self, events: list[Json]) -> None:
        for event in events:
            answer = await self.deliver(event)
            assert answer.status_code == 200, answer.text
            self.settled.add(event["id"])
