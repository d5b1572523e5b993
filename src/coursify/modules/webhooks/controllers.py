"""The webhook endpoint, and the stored events as admins see them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from coursify.core.http import (
    Configuration,
    Db,
    Now,
    PageCursors,
    Router,
    SignedIn,
    WithDatabase,
    failures,
    reply,
    resources_of,
)
from coursify.core.pagination import TOTAL_CAP, CursorInvalid, Pager, PageTooDeep, cut
from coursify.core.policy import KIB, Idempotency, Policy, Who
from coursify.core.resources import CoreResources
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.payments.guards import Gateway
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.errors import EventNotFound, EventNotReplayable, SignatureRefused
from coursify.modules.webhooks.inbox import WebhookResources
from coursify.modules.webhooks.schemas import EventOut, EventQuery, MailEventsReceived, Received
from coursify.modules.webhooks.services.receive_event import receive_event
from coursify.modules.webhooks.services.receive_mail_events import receive_mail_events
from coursify.modules.webhooks.services.replay_event import replay_event

router = Router(tag="webhooks")


async def _resources(request: Request) -> WebhookResources:
    return resources_of(request, WebhookResources)


Resources = Annotated[WebhookResources, Depends(_resources)]


@router.post(
    "/payments/webhook",
    operation_id="receive_stripe_event",
    policy=Policy(
        Who.ANYONE,
        rule="signed by Stripe",
        rate="webhook",
        max_body_bytes=1_024 * KIB,
        takes_raw_body=True,
        ignores_credential=True,
    ),
    response_model=Envelope[Received],
    responses=failures(SignatureRefused),
)
async def receive_stripe_event(
    request: Request, resources: Resources, gateway: Gateway, configuration: Configuration
) -> Response:
    """Stripe's events: 200 only once they are stored durably. What is not signed costs no connection."""
    is_new = await receive_event(
        resources.inbox.store,
        gateway,
        resources.clock,
        payload=await request.body(),
        signature=request.headers.get("stripe-signature", ""),
        is_live=configuration.stripe.is_live,
    )
    return reply(Received(is_new=is_new), "Event stored.")


@router.post(
    "/webhooks/sendgrid",
    operation_id="receive_sendgrid_events",
    policy=Policy(
        Who.ANYONE,
        rule="signed by SendGrid",
        rate="webhook",
        max_body_bytes=1_024 * KIB,
        takes_raw_body=True,
        ignores_credential=True,
    ),
    response_model=Envelope[MailEventsReceived],
    responses=failures(SignatureRefused),
)
async def receive_sendgrid_events(request: Request, database: WithDatabase, configuration: Configuration) -> Response:
    """SendGrid's events about emails: 200 only once they are applied. What is not signed costs no connection."""
    new = await receive_mail_events(
        database,
        resources_of(request, CoreResources).mail_events,
        payload=await request.body(),
        signature=request.headers.get("x-twilio-email-event-webhook-signature", ""),
        timestamp=request.headers.get("x-twilio-email-event-webhook-timestamp", ""),
        server_key=configuration.keys.server_key,
    )
    return reply(MailEventsReceived(new=new), "Events stored.")


@router.get(
    "/admin/webhook-events",
    operation_id="list_webhook_events",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[EventOut]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_webhook_events(
    database: WithDatabase, cursors: PageCursors, query: Annotated[EventQuery, Query()]
) -> Response:
    """Events from outside, newest first."""
    pager = Pager(query, cursors, "webhook-events", query.state)
    window = pager.window
    async with database.read() as db:
        rows = await queries.list_events(db, state=query.state, before=window.after_id, **window.bound())
        total = await queries.count_events(db, state=query.state, cap=TOTAL_CAP)
    page = cut(rows, window, total=total)
    shown = [EventOut.of(event) for event in page.items]
    return reply(shown, "Webhook events, newest first.", meta=pager.meta(page))


@router.post(
    "/admin/webhook-events/{event_key}/replay",
    operation_id="replay_webhook_event",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    status_code=202,
    response_model=Envelope[EventOut],
    responses=failures(EventNotFound, EventNotReplayable),
)
async def replay_webhook_event(event_key: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """Handle an event once more; one that was applied already changes nothing."""
    event = await replay_event(db, event_key=event_key, replayed_by=caller.user_id, now=now)
    return reply(EventOut.of(event), "Event queued.", status=202)
