"""What notifications do by the clock."""

from __future__ import annotations

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.notifications.models import BOUNCES_KEPT, NOTIFICATIONS_KEPT
from coursify.modules.notifications.queries import notifications, suppressed_addresses

BATCH = 5_000


async def purge_expired(resources: CoreResources) -> None:
    """Delete notifications and bounces after 180 days."""
    deadline = Deadline.within(CLOCK_SECONDS)
    deleted = BATCH
    while deleted == BATCH and not deadline.has_passed:
        async with resources.database.transaction() as (db, now):
            deleted = await notifications.delete_old_notifications(db, before=now - NOTIFICATIONS_KEPT, limit=BATCH)
    async with resources.database.transaction() as (db, now):
        await suppressed_addresses.delete_old_bounces(db, before=now - BOUNCES_KEPT)
