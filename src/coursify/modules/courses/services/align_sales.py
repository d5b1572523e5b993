"""An instructor's courses are on sale exactly while the instructor may sell; those enrolled keep them either way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.courses.models import SalesChange
from coursify.modules.courses.queries import owners


async def align_sales(db: Connection, *, actor_id: UUID | None, instructor_id: UUID, now: datetime) -> SalesChange:
    """Call it in the transaction that changes someone's role or status, once that is written."""
    change = await owners.align_sales_of(db, instructor_id, now=now)
    for action, courses in (("user.sales_suspended", change.suspended), ("user.sales_resumed", change.resumed)):
        if courses:
            await audit.record(
                db,
                actor_id=actor_id,
                action=action,
                target_type="user",
                target_id=instructor_id,
                details={"courses": courses},
            )
    return change
