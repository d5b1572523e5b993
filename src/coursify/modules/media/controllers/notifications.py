"""What a store of media reports."""

from __future__ import annotations

from fastapi import Request, Response

from coursify.core.errors import NotFound
from coursify.core.http import Router, WithDatabase, failures, reply
from coursify.core.policy import KIB, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.media.guards import WithScratch, WithStore
from coursify.modules.media.services.receive_notification import receive_notification
from coursify.modules.media.store import NotificationRefused, StoreUnavailable

router = Router(tag="webhooks")


@router.post(
    "/webhooks/cloudinary",
    operation_id="receive_cloudinary_notification",
    policy=Policy(
        Who.ANYONE,
        rule="signed by Cloudinary",
        rate="webhook",
        max_body_bytes=256 * KIB,
        takes_raw_body=True,
        ignores_credential=True,
    ),
    response_model=Envelope[None],
    responses=failures(NotificationRefused, NotFound, StoreUnavailable),
)
async def receive_cloudinary_notification(
    request: Request, database: WithDatabase, store: WithStore, scratch: WithScratch
) -> Response:
    """Cloudinary reports an upload. It is asked whether that is so; 404 where media are stored elsewhere."""
    await receive_notification(database, store, scratch, body=await request.body(), headers=request.headers)
    return reply(None, "Notification received.")
