"""The owner changes a lesson, also of a course on sale: its id stays, and with it everyone's progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.errors import PreconditionFailed
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LessonEmpty
from coursify.modules.courses.models import Lesson, LessonChanges, LessonPlacement
from coursify.modules.courses.queries import counters, courses, lessons
from coursify.modules.courses.services.check_video_host import check_video_host
from coursify.modules.courses.services.choose_place import choose_place
from coursify.modules.courses.services.clean_html import clean_html


async def update_lesson(
    db: Connection,
    *,
    caller: Caller,
    course_id: UUID,
    lesson_id: UUID,
    changes: LessonChanges,
    expected_version: int | None,
    now: datetime,
    placement: LessonPlacement | None = None,
    video_hosts: Sequence[str] = (),
) -> Lesson:
    """The lesson with `changes`, moved where a placement is given; raises PreconditionFailed when it is stale."""
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    lesson = await lessons.get_lesson(db, course_id=course_id, lesson_id=lesson_id)
    if expected_version is not None and expected_version != lesson.version:
        raise PreconditionFailed
    if not changes and not placement:
        return lesson
    section_id = await _move(db, lesson=lesson, placement=placement) if placement else lesson.section_id
    edited = replace(lesson, **changes, section_id=section_id)
    if edited.content and "content" in changes:
        edited = replace(edited, content=clean_html(edited.content, field="content"))
    if edited.external_video_url != lesson.external_video_url:
        check_video_host(edited.external_video_url, video_hosts)
    if course.is_published and not edited.is_ready:
        raise LessonEmpty
    updated = await lessons.update_lesson_fields(db, edited, now=now)
    if updated.duration_seconds != lesson.duration_seconds:
        await counters.refresh_lesson_totals(db, course_id)
    return updated


async def _move(db: Connection, *, lesson: Lesson, placement: LessonPlacement) -> UUID | None:
    """Moves the lesson within its section, or to the end of another one; the others keep their order.

    Returns its section. A lesson that is in the named section already stays where it is.
    """
    wanted: LessonPlacement = {"section_id": lesson.section_id, **placement}
    if wanted.get("order") is None and wanted["section_id"] == lesson.section_id:
        return lesson.section_id
    places = await lessons.list_lesson_places(db, lesson.course_id)
    others = [place for place in places if place.lesson_id != lesson.id]
    position, section_id = await choose_place(db, course_id=lesson.course_id, others=others, placement=wanted)
    lesson_ids = [place.lesson_id for place in others]
    lesson_ids.insert(position - 1, lesson.id)
    await lessons.set_lesson_order(db, course_id=lesson.course_id, lesson_ids=lesson_ids)
    return section_id
