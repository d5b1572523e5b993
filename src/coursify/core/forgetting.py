"""What the foundations keep only for a while: answers under an Idempotency-Key, guesses."""

from __future__ import annotations

from coursify.core import queries
from coursify.core.resources import CoreResources


async def forget_old(resources: CoreResources) -> None:
    """Answers after 24 hours; guesses once they count no more."""
    async with resources.database.transaction() as (db, now):
        await queries.delete_old_answers(db, now=now)
        await queries.delete_old_guesses(db, now=now)
