"""Stores a signed event before it is acknowledged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from coursify.core.clock import Clock
from coursify.core.metrics import EVENTS
from coursify.modules.payments.gateway import PaymentGateway, ProviderEvent, SignatureInvalid
from coursify.modules.webhooks.errors import SignatureRefused

# Stores one event durably; whether it was new.
Store = Callable[[ProviderEvent], Awaitable[bool]]


async def receive_event(
    store: Store, gateway: PaymentGateway, clock: Clock, *, payload: bytes, signature: str, is_live: bool
) -> bool:
    """Whether the event is new. What is not signed costs no connection; raises SignatureRefused."""
    try:
        event = gateway.read_event(payload, signature, now=clock.wall())
    except SignatureInvalid as error:
        raise SignatureRefused from error
    if event.livemode != is_live:
        raise SignatureRefused("This event is of the other mode (live or test) than this installation.")
    is_new = await store(event)
    if is_new:
        EVENTS.labels("stripe").inc()
    return is_new
