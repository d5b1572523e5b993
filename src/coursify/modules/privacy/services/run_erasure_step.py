"""Erases what one module has of a person; after the last module the receipt goes out. Every step may run twice."""

from __future__ import annotations

from uuid import UUID

from coursify.core import jobs, mail
from coursify.modules.privacy.models import PrivacyResources
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.services.request_erasure import RUN_STEP

TRY_AGAIN_SECONDS = 300


async def run_erasure_step(resources: PrivacyResources, *, erasure_id: UUID, step: str) -> None:
    """`step` names the module. Where a vendor cannot forget the person yet, the step is tried again in five minutes."""
    database, rooms = resources.database, resources.personal_data
    async with database.read() as db:
        erasure = await erasures.find_erasure(db, erasure_id)
    if erasure is None:
        return
    ask = resources.ask_vendors.get(step)
    is_forgotten = ask is None or await ask(erasure.user_id)
    async with database.transaction() as (db, now):
        if not is_forgotten:
            await jobs.defer(db, RUN_STEP, delay_seconds=TRY_AGAIN_SECONDS, erasure_id=erasure_id, step=step)
            return
        await erasures.lock_erasure(db, erasure_id)
        await rooms[step].erase(db, erasure.user_id, now)
        await erasures.insert_done_step(db, erasure_id, step=step, now=now)
        done = set(await erasures.list_done_steps(db, erasure_id))
        if done >= rooms.keys() and await erasures.mark_erasure_completed(db, erasure_id, now=now):
            await mail.enqueue_email(
                db, kind="erasure_receipt", subject_id=erasure_id, user_id=erasure.user_id, now=now
            )
