"""The owner arranges the curriculum: which sections there are, in which order, with which lessons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.errors import PreconditionFailed
from coursify.modules.courses import policies
from coursify.modules.courses.errors import CurriculumMismatch
from coursify.modules.courses.models import CourseDetail, SectionPlan
from coursify.modules.courses.outline import find_mistakes
from coursify.modules.courses.queries import courses, lessons, sections
from coursify.modules.courses.services.find_course_page import find_course_page


async def arrange_curriculum(
    db: Connection,
    *,
    caller: Caller,
    course_id: UUID,
    plan: Sequence[SectionPlan],
    expected_version: int | None,
    now: datetime,
) -> CourseDetail:
    """Replaces the sections; the order of the lessons follows. Lessons that are not named come first, in no section.

    Raises CurriculumMismatch. The course's version stays: lessons and their order are not its own fields.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    if expected_version is not None and expected_version != course.version:
        raise PreconditionFailed
    section_ids = {section.id for section in await sections.list_sections(db, course_id)}
    lesson_ids = await lessons.list_lesson_ids(db, course_id)
    if mistakes := find_mistakes(plan, section_ids=section_ids, lesson_ids=set(lesson_ids)):
        raise CurriculumMismatch(details=mistakes)
    kept_ids = [section.id for section in plan if section.id is not None]
    await sections.delete_sections_except(db, course_id=course_id, kept_ids=kept_ids)
    stored_ids = await sections.store_sections(
        db,
        course_id=course_id,
        ids=[section.id for section in plan],
        titles=[section.title for section in plan],
        now=now,
    )
    section_of = {
        lesson_id: section_id
        for section, section_id in zip(plan, stored_ids, strict=True)
        for lesson_id in section.lesson_ids
    }
    ordered_ids = [lesson_id for lesson_id in lesson_ids if lesson_id not in section_of] + list(section_of)
    await sections.set_lesson_sections(
        db, course_id=course_id, lesson_ids=ordered_ids, section_ids=[section_of.get(each) for each in ordered_ids]
    )
    return await find_course_page(db, id_or_slug=str(course_id))
