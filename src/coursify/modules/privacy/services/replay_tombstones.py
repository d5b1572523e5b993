"""Erases people again who were erased after a backup was made that is now restored."""

from __future__ import annotations

from collections.abc import Iterable

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.privacy.models import Tombstone
from coursify.modules.privacy.services.request_erasure import erase
from coursify.modules.users.queries import users


async def replay_tombstones(
    database: Database, *, tombstones: Iterable[Tombstone], sealer: Sealer, steps: Iterable[str]
) -> int:
    """Return how many people were erased again; ids that the restored database does not know are skipped."""
    returned = 0
    for tombstone in tombstones:
        async with database.transaction() as (db, now):
            user = await users.find_user(db, tombstone.user_id)
            if user and user.status != "erased":
                await erase(
                    db, actor_id=user.id, user_id=user.id, sealer=sealer, steps=steps, keeps_an_admin=False, now=now
                )
                returned += 1
    return returned
