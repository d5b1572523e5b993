"""A course left the sale: orders of it that nobody has paid yet end."""

from __future__ import annotations

from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Database
from coursify.modules.payments.queries import order_lines
from coursify.modules.payments.services.fulfil_order import CANCEL

BATCH = 500


async def cancel_orders_of_course(database: Database, *, course_id: UUID) -> int:
    """How many orders are to end; one job each, so that one that cannot end now does not keep the others."""
    count, after = 0, UUID(int=0)
    while True:
        async with database.transaction() as (db, _now):
            batch = await order_lines.list_open_orders_of_courses(
                db, user_id=None, course_ids=[course_id], after_id=after, limit=BATCH
            )
            for order_id in batch:
                await jobs.defer(db, CANCEL, order_id=order_id)
        count += len(batch)
        if len(batch) < BATCH:
            return count
        after = batch[-1]
