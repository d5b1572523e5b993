"""Second factors that were sealed with an older key are sealed with the newest."""

from __future__ import annotations

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.identity.queries import second_factors
from coursify.modules.identity.services.check_code import secret_place


async def reseal_factors(database: Database, sealer: Sealer) -> int:
    """How many."""
    count = 0
    async with database.read() as db:
        factors = await second_factors.list_sealed_factors(db)
    for factor in factors:
        if not sealer.is_current(factor.secret):
            new = sealer.reseal(factor.secret, place=secret_place(factor.user_id))
            async with database.transaction() as (db, _now):
                count += await second_factors.reseal_factor(db, factor.user_id, old=factor.secret, new=new)
    return count
