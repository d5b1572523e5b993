"""The first time that every lesson of a course is done is stored, once, with the code of the certificate."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.codes import new_code
from coursify.core.database import Connection
from coursify.modules.enrollments.queries import completions


async def store_completions(
    db: Connection, *, enrollment_ids: list[UUID], removed_at: datetime | None = None
) -> list[UUID]:
    """The ids of those that are completed now, or were after a removal, and were not before.

    The caller has locked their rows.
    """
    found = await completions.list_new_completions(db, enrollment_ids)
    if removed_at is not None:
        missing = sorted(set(enrollment_ids) - {completion.enrollment_id for completion in found})
        found += await completions.list_completions_by_removal(db, missing, removed_at=removed_at)
    if not found:
        return []
    return await completions.mark_completed(
        db,
        enrollment_ids=[completion.enrollment_id for completion in found],
        completed_at=[completion.completed_at for completion in found],
        codes=[new_code() for _ in found],
    )
