"""The owner adds, renames, moves or removes one section; the rest of the curriculum stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import TooManySections, UnknownSection
from coursify.modules.courses.models import MAX_SECTIONS, SectionPlan
from coursify.modules.courses.queries import courses, lessons, sections
from coursify.modules.courses.services.arrange_curriculum import arrange_curriculum

Change = Callable[[Sequence[SectionPlan]], list[SectionPlan]]


async def change_sections(
    db: Connection, *, caller: Caller, course_id: UUID, change: Change, now: datetime, section_id: UUID | None = None
) -> None:
    """Applies a change of outline.py to the sections as they are under the lock.

    `section_id`: the one that is changed; raises UnknownSection when it is gone. Raises TooManySections.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    plan = await _read_plan(db, course_id)
    if section_id is not None and section_id not in {section.id for section in plan}:
        raise UnknownSection
    changed = change(plan)
    if len(changed) > MAX_SECTIONS:
        raise TooManySections
    await arrange_curriculum(db, caller=caller, course_id=course_id, plan=changed, expected_version=None, now=now)


async def _read_plan(db: Connection, course_id: UUID) -> list[SectionPlan]:
    places = await lessons.list_lesson_places(db, course_id)
    return [
        SectionPlan(
            section.id, section.title, tuple(place.lesson_id for place in places if place.section_id == section.id)
        )
        for section in await sections.list_sections(db, course_id)
    ]
