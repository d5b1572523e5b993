"""The owner adds a lesson; those behind its place move down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LessonEmpty, TooManyLessons
from coursify.modules.courses.models import MAX_LESSONS, Course, Lesson, LessonPlacement
from coursify.modules.courses.queries import counters, courses, lessons
from coursify.modules.courses.services.check_video_host import check_video_host
from coursify.modules.courses.services.choose_place import choose_place
from coursify.modules.courses.services.clean_html import clean_html

# Of enrollments, which listens for it. What is added within the delay is announced together.
ANNOUNCE_LESSONS = "enrollments.announce_lessons"
ANNOUNCE_AFTER_SECONDS = 900


async def add_lesson(
    db: Connection,
    *,
    caller: Caller,
    course_id: UUID,
    title: str,
    now: datetime,
    placement: LessonPlacement | None = None,
    video_hosts: Sequence[str] = (),
    content: str | None = None,
    external_video_url: str | None = None,
    is_preview: bool = False,
    duration_seconds: int = 0,
) -> Lesson:
    """The new lesson at its place, or at the end. Raises LessonEmpty in a course on sale, TooManyLessons."""
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    others = await lessons.list_lesson_places(db, course_id)
    if len(others) >= MAX_LESSONS:
        raise TooManyLessons
    check_video_host(external_video_url, video_hosts)
    content = None if content is None else clean_html(content, field="content")
    if course.is_published and not (content or external_video_url):
        raise LessonEmpty
    position, section_id = await choose_place(db, course_id=course_id, others=others, placement=placement or {})
    await lessons.make_room_for_lesson(db, course_id=course_id, position=position)
    lesson = await lessons.insert_lesson(
        db,
        course_id=course_id,
        section_id=section_id,
        title=title,
        position=position,
        content=content,
        external_video_url=external_video_url,
        is_preview=is_preview,
        duration_seconds=duration_seconds,
        now=now,
    )
    await _count_and_announce(db, course)
    return lesson


async def _count_and_announce(db: Connection, course: Course) -> None:
    await counters.refresh_lesson_totals(db, course.id)
    if course.is_published:
        await jobs.defer(db, ANNOUNCE_LESSONS, delay_seconds=ANNOUNCE_AFTER_SECONDS, course_id=course.id)
