"""What a learner did is kept, only forwards: late, repeated and out-of-order writes are harmless."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.core.errors import AppError
from coursify.modules.enrollments.errors import (
    AccessClosed,
    EnrollmentNotFound,
    LessonNotInCourse,
    PositionBeyondLesson,
)
from coursify.modules.enrollments.models import Enrollment, ProgressItem
from coursify.modules.enrollments.queries import enrollments, progress
from coursify.modules.enrollments.services.store_completions import store_completions

# Of certificates, which listens for it.
ISSUE_CERTIFICATE = "certificates.issue"


async def record_progress(
    db: Connection, *, user_id: UUID, enrollment_id: UUID, items: list[ProgressItem], now: datetime
) -> Enrollment:
    """Keep all items or none; the first time every lesson is done, the enrollment is completed.

    What is decided afterwards is read under the enrollment's lock, which the write takes.
    """
    is_written = await progress.write_progress(
        db,
        enrollment_id=enrollment_id,
        user_id=user_id,
        lesson_ids=[item.lesson_id for item in items],
        completed=[bool(item.completed) for item in items],
        positions=[item.position_seconds or 0 for item in items],
        now=now,
    )
    enrollment = await enrollments.get_enrollment(db, enrollment_id, now=now)
    if enrollment.user_id != user_id:
        raise EnrollmentNotFound
    if not enrollment.is_open:
        raise AccessClosed
    if not is_written:
        raise await _find_misfit(db, enrollment, items)
    if not enrollment.is_newly_completed:
        return enrollment
    if await store_completions(db, enrollment_ids=[enrollment.id]):
        await jobs.defer(db, ISSUE_CERTIFICATE, enrollment_id=enrollment.id)
    return await enrollments.get_enrollment(db, enrollment.id, now=now)


async def _find_misfit(db: Connection, enrollment: Enrollment, items: list[ProgressItem]) -> AppError:
    """Why the items were refused. A lesson that was restored after the refusal is not written for this request."""
    lengths = await progress.list_lesson_lengths(
        db, enrollment_id=enrollment.id, lesson_ids=[item.lesson_id for item in items]
    )
    for number, item in enumerate(items):
        length = lengths.get(item.lesson_id)
        if length and (item.position_seconds or 0) > length:
            return PositionBeyondLesson(
                details=[{"field": f"items.{number}.positionSeconds", "message": f"the lesson has {length} s"}]
            )
        if length is None:
            break
    return LessonNotInCourse()
