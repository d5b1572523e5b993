"""What a learner did is kept, only forwards: late, repeated and out-of-order writes are harmless."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection, Database
from coursify.core.errors import AppError, Unavailable
from coursify.modules.enrollments.errors import (
    AccessClosed,
    EnrollmentNotFound,
    LessonNotInCourse,
    PositionBeyondLesson,
)
from coursify.modules.enrollments.models import Enrollment, EnrollmentWithLessons, ProgressItem
from coursify.modules.enrollments.queries import enrollments, progress
from coursify.modules.enrollments.services.store_completions import store_completions

# Of certificates, which listens for it.
ISSUE_CERTIFICATE = "certificates.issue"


async def record_progress(
    database: Database, *, user_id: UUID, enrollment_id: UUID, items: list[ProgressItem]
) -> EnrollmentWithLessons:
    """Keep all items or none; the first time every lesson is done, the enrollment is completed.

    A player sends positions every few seconds. They complete nothing, so they are one statement, which commits itself:
    what it wrote is no refusal any more, also when access ends before the enrollment is read.
    """
    if any(item.completed for item in items):
        async with database.transaction() as (db, now):
            enrollment = await _write(db, user_id, enrollment_id, items, now)
            if not enrollment.is_open:
                raise AccessClosed
            return await _complete(db, enrollment, now) if enrollment.is_newly_completed else enrollment
    now = await database.now()
    async with database.statement() as db:
        return await _write(db, user_id, enrollment_id, items, now)


async def _write(
    db: Connection, user_id: UUID, enrollment_id: UUID, items: list[ProgressItem], now: datetime
) -> EnrollmentWithLessons:
    """The enrollment afterwards; in a transaction it is read under its lock, which the write takes."""
    is_written = await progress.write_progress(
        db,
        enrollment_id=enrollment_id,
        user_id=user_id,
        lesson_ids=[item.lesson_id for item in items],
        completed=[bool(item.completed) for item in items],
        positions=[item.position_seconds or 0 for item in items],
        now=now,
    )
    enrollment = await enrollments.get_enrollment_with_lessons(db, enrollment_id, now=now)
    if is_written:
        return enrollment
    if enrollment.user_id != user_id:
        raise EnrollmentNotFound
    if not enrollment.is_open:
        raise AccessClosed
    raise await _find_misfit(db, enrollment, items)


async def _complete(db: Connection, enrollment: Enrollment, now: datetime) -> EnrollmentWithLessons:
    """Under the enrollment's lock."""
    if await store_completions(db, enrollment_ids=[enrollment.id]):
        await jobs.defer(db, ISSUE_CERTIFICATE, enrollment_id=enrollment.id)
    return await enrollments.get_enrollment_with_lessons(db, enrollment.id, now=now)


async def _find_misfit(db: Connection, enrollment: Enrollment, items: list[ProgressItem]) -> AppError:
    """Why the items were refused. What fits by now, with a lesson or access that came back, may be sent again."""
    lengths = await progress.list_lesson_lengths(
        db, enrollment_id=enrollment.id, lesson_ids=[item.lesson_id for item in items]
    )
    for item in items:
        length = lengths.get(item.lesson_id)
        if length and (item.position_seconds or 0) > length:
            return PositionBeyondLesson(
                details=[{"field": f"{item.place}positionSeconds", "message": f"the lesson has {length} s"}]
            )
        if length is None:
            return LessonNotInCourse(
                details=[{"field": f"{item.place}lessonId", "message": "is no lesson of this course"}]
            )
    return Unavailable()
