"""The door for events from outside."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from coursify.core.http import Data, Route, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.payments.guards import Configuration, Gateway, Seal
from coursify.modules.webhooks.errors import SignatureRefused
from coursify.modules.webhooks.schemas import Received
from coursify.modules.webhooks.services.receive_event import receive_event

router = APIRouter(route_class=Route, tags=["Webhooks"])


@router.post("/payments/webhook", response_model=Envelope[Received], responses=failures(SignatureRefused))
async def receive_stripe_event(
    request: Request, data: Data, gateway: Gateway, sealer: Seal, configuration: Configuration
) -> Response:
    """Stripe's events: 200 only once they are stored durably. What is not signed costs no connection."""
    is_new = await receive_event(
        data,
        gateway,
        sealer,
        payload=await request.body(),
        signature=request.headers.get("stripe-signature", ""),
        is_live=configuration.stripe.is_live,
    )
    return reply(Received(is_new=is_new), "Stored.")
