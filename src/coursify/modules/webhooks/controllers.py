"""The door for events from outside."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from coursify.core.gateways import SignatureInvalid
from coursify.core.http import Data, Route, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.payments.guards import Configuration, Gateway, Seal
from coursify.modules.webhooks.errors import SignatureRefused
from coursify.modules.webhooks.schemas import Received
from coursify.modules.webhooks.services.reconcile import PROVIDER
from coursify.modules.webhooks.services.store_event import store_event

router = APIRouter(route_class=Route, tags=["Webhooks"])


@router.post("/payments/webhook", response_model=Envelope[Received], responses=failures(SignatureRefused))
async def receive_stripe_event(
    request: Request, data: Data, gateway: Gateway, sealer: Seal, configuration: Configuration
) -> Response:
    """Stripe's events: 200 only once they are stored durably. What is not signed costs no connection."""
    payload = await request.body()
    moment = datetime.now(UTC) + data.offset()
    try:
        event = gateway.read_event(payload, request.headers.get("stripe-signature", ""), now=moment)
    except SignatureInvalid as error:
        raise SignatureRefused from error
    if event.livemode != configuration.stripe.is_live:
        raise SignatureRefused("This event is of the other mode (live or test) than this installation.")
    async with data.transaction() as (db, now):
        is_new = await store_event(db, sealer, provider=PROVIDER, event=event, payload=payload, now=now)
    return reply(Received(is_new=is_new), "Stored.")
