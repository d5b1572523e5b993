"""The jobs of identity."""

from __future__ import annotations

from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.identity.queries import one_time_tokens, sessions
from coursify.modules.identity.services.send_requested_link import send_requested_link

BATCH = 1_000


async def send_link(resources: CoreResources, request_id: str) -> None:
    """Sends the link of one request. A second run sends nothing, because the first one deletes the request."""
    async with resources.database.transaction() as (db, now):
        await send_requested_link(
            db,
            request_id=UUID(request_id),
            sealer=resources.sealer,
            server_key=resources.settings.keys.server_key,
            now=now,
        )


async def purge_expired(resources: CoreResources) -> None:
    """Delete one-time links that have expired, and sessions that ended a month ago, one batch a transaction."""
    async with resources.database.transaction() as (db, now):
        await one_time_tokens.delete_old_tokens(db, now=now)
    deadline, deleted = Deadline.within(CLOCK_SECONDS), BATCH
    while deleted == BATCH and not deadline.has_passed:
        async with resources.database.transaction() as (db, now):
            deleted = await sessions.delete_old_sessions(db, limit=BATCH, now=now)
