"""Erases a person: profile and sessions at once, every module in steps, with a receipt at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.caller import Caller
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.core.queries import idempotency_keys, system
from coursify.modules.courses.services.align_sales import align_sales
from coursify.modules.identity.services.erase_user import erase_user
from coursify.modules.privacy.models import Erasure
from coursify.modules.privacy.queries import erasures, exports
from coursify.modules.privacy.sealing import RECEIPT_ADDRESS
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.policies import can_manage

RUN_STEP = "privacy.run_step"
# A body may take 30 s to arrive, and an answer 45.
LONGEST_REQUEST_SECONDS = 90


async def request_erasure(
    db: Connection, *, caller: Caller, user_id: UUID, sealer: Sealer, steps: Iterable[str], now: datetime
) -> Erasure:
    """Raises UserNotFound (also for someone else's account), LastAdmin. A second request returns the same erasure."""
    if not can_manage(caller, user_id):
        raise UserNotFound
    return await erase(db, actor_id=caller.user_id, user_id=user_id, sealer=sealer, steps=steps, now=now)


async def erase(
    db: Connection,
    *,
    actor_id: UUID,
    user_id: UUID,
    sealer: Sealer,
    steps: Iterable[str],
    keeps_an_admin: bool = True,
    now: datetime,
) -> Erasure:
    """The address is kept, sealed, only until the receipt is out.

    `steps` name the modules. Each is erased at once, and again when every request that was under way has ended.
    """
    user = await erase_user(db, actor_id=actor_id, user_id=user_id, keeps_an_admin=keeps_an_admin, now=now)
    begun = await erasures.find_erasure_of(db, user_id)
    if user is None and begun:
        return begun
    erasure_id = await system.make_id(db)
    address = (
        sealer.seal((user.email or "").encode(), associated_data=RECEIPT_ADDRESS.for_row(erasure_id)) if user else None
    )
    erasure = await erasures.insert_erasure(
        db, erasure_id=erasure_id, user_id=user_id, requested_by=actor_id, receipt_address=address, now=now
    )
    await erasures.insert_tombstone(db, user_id, now=now)
    await align_sales(db, actor_id=actor_id, instructor_id=user_id, now=now)
    await exports.delete_exports_of(db, user_id)
    await idempotency_keys.delete_keys_of_user(db, user_id)
    for step in steps:
        for delay in (0, LONGEST_REQUEST_SECONDS):
            await jobs.defer(db, RUN_STEP, delay_seconds=delay, erasure_id=erasure.id, step=step)
    await audit.record(db, actor_id=actor_id, action="user.erased", target_type="user", target_id=user_id)
    return erasure
