"""The learners of a published course hear of its new lessons, once a day at most."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection, Database
from coursify.core.deadline import Deadline
from coursify.modules.enrollments import emails
from coursify.modules.enrollments.queries import announcements
from coursify.modules.notifications.services.notify import notify_all

ANNOUNCE_LESSONS = "enrollments.announce_lessons"
TELL_LEARNERS = "enrollments.tell_learners"
FIRST = UUID(int=0)
PAUSE = timedelta(days=1)
# A lesson whose transaction has not committed yet belongs to the next announcement.
SETTLED = timedelta(minutes=1)
BATCH = 100


async def announce_lessons(db: Connection, *, course_id: UUID, now: datetime) -> None:
    """Announce what is new together; within a day of the last announcement, the job waits for the end of the day."""
    until = now - SETTLED
    news = await announcements.find_course_news(db, course_id, until=until)
    if news is None or not news.has_new_lessons:
        return
    if news.announced_at and now < news.announced_at + PAUSE:
        wait = int((news.announced_at + PAUSE - now).total_seconds()) + 1
        await jobs.defer(db, ANNOUNCE_LESSONS, delay_seconds=wait, course_id=course_id)
        return
    announcement_id = await announcements.insert_announcement(
        db, course_id=course_id, lessons_after=news.new_since, lessons_until=until, now=now
    )
    if announcement_id:
        await jobs.defer(db, TELL_LEARNERS, announcement_id=announcement_id, after_id=FIRST)


async def tell_learners(database: Database, *, announcement_id: UUID, after_id: UUID, deadline: Deadline) -> None:
    """A row and an email for each, a hundred in a transaction; a job continues when the deadline has passed.

    No row of courses, enrollments or orders is locked.
    """
    async with database.read() as db:
        announcement = await announcements.find_announcement(db, announcement_id)
    if announcement is None:
        return
    while not deadline.has_passed:
        async with database.transaction() as (db, now):
            batch = await announcements.list_learners(
                db, course_id=announcement.course_id, after_id=after_id, limit=BATCH, now=now
            )
            told = await notify_all(
                db,
                user_ids=[learner.user_id for learner in batch],
                kind="new_lessons",
                subject_id=announcement.id,
                course_id=announcement.course_id,
                now=now,
            )
            for notification in told:
                await emails.post_new_lessons(
                    db, notification_id=notification.id, user_id=notification.user_id, now=now
                )
        if len(batch) < BATCH:
            return
        after_id = batch[-1].enrollment_id
    async with database.transaction() as (db, _now):
        await jobs.defer(db, TELL_LEARNERS, announcement_id=announcement_id, after_id=after_id)
