"""Deletes rows of core that have expired: idempotency keys and failed attempts."""

from __future__ import annotations

from coursify.core.queries import attempts, idempotency_keys
from coursify.core.resources import CoreResources


async def purge_expired(resources: CoreResources) -> None:
    """Delete idempotency keys after 24 hours, and failed attempts when their limit no longer counts them."""
    async with resources.database.transaction() as (db, now):
        await idempotency_keys.delete_expired_keys(db, now=now)
        await attempts.delete_expired_attempts(db, now=now)
