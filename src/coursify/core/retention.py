"""Deletes rows of core that have expired: idempotency keys and failed attempts."""

from __future__ import annotations

from coursify.core import queries
from coursify.core.resources import CoreResources


async def purge_expired(resources: CoreResources) -> None:
    """Delete idempotency keys after 24 hours, and failed attempts when their limit no longer counts them."""
    async with resources.database.transaction() as (db, now):
        await queries.delete_old_answers(db, now=now)
        await queries.delete_old_guesses(db, now=now)
