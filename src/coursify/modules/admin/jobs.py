"""What admins get by the clock."""

from __future__ import annotations

from coursify.core.resources import CoreResources
from coursify.modules.admin import emails
from coursify.modules.attention import queries as attention
from coursify.modules.attention.services.collect_failures import collect_failures
from coursify.modules.users.queries import users

MOST_ADMINS = 1_000


async def send_attention_digest(resources: CoreResources) -> None:
    """An email to every admin while something is on the work list."""
    async with resources.database.transaction() as (db, now):
        await collect_failures(db, now=now)
        if not await attention.count_open_by_kind(db):
            return
        for admin in await users.list_admins_to_notify(db, limit=MOST_ADMINS):
            await emails.send_digest(db, admin_id=admin.id, now=now)
