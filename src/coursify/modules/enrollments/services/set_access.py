"""A grant follows the facts behind it: closed with a reason, or open again. It never touches another grant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.enrollments.models import GrantSource
from coursify.modules.enrollments.queries import grants


async def set_access(
    db: Connection, *, source_type: GrantSource, source_id: UUID, closed_because: str | None, now: datetime
) -> bool:
    """Close the source's grant for this reason, or (None) open it again; False when it stands so already."""
    if closed_because:
        grant = await grants.close_grant(
            db, source_type=source_type, source_id=source_id, reason=closed_because, now=now
        )
    else:
        grant = await grants.reopen_grant(db, source_type=source_type, source_id=source_id, now=now)
    if grant:
        await audit.record(
            db,
            actor_id=None,
            action="grant.close" if closed_because else "grant.reopen",
            target_type="grant",
            target_id=grant.id,
            details={"reason": closed_because, "source": source_type, "sourceId": str(source_id)},
        )
    return grant is not None
