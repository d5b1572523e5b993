"""What notices do by the clock."""

from __future__ import annotations

from coursify.core.resources import CoreResources
from coursify.modules.notices import queries
from coursify.modules.notices.models import WORDS_KEPT


async def purge_expired(resources: CoreResources) -> None:
    """Delete contact and words of notices a year after the last decision."""
    async with resources.database.transaction() as (db, now):
        await queries.delete_old_words(db, decided_before=now - WORDS_KEPT)
