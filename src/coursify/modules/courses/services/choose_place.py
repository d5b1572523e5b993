"""A lesson gets the place and the section that its author asks for, and every section stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.errors import LessonOutsideSection, UnknownSection
from coursify.modules.courses.models import LessonPlace, LessonPlacement
from coursify.modules.courses.outline import room_in_section, section_at
from coursify.modules.courses.queries import sections


async def choose_place(
    db: Connection, *, course_id: UUID, others: Sequence[LessonPlace], placement: LessonPlacement
) -> tuple[int, UUID | None]:
    """Position and section of a lesson beside the `others` of its course.

    Without an order: the end of its section. Without a section: the one at its place; at the end, the last one.
    Raises UnknownSection, and LessonOutsideSection for an order outside of the section.
    """
    known = await sections.list_sections(db, course_id)
    end = len(others) + 1
    order = placement.get("order")
    position = end if order is None else min(order, end)
    section_id = placement["section_id"] if "section_id" in placement else section_at(others, position, known)
    positions = {section.id: section.position for section in known}
    if section_id is not None and section_id not in positions:
        raise UnknownSection(details=[{"field": "sectionId", "message": UnknownSection.message}])
    room = room_in_section(others, 0 if section_id is None else positions[section_id])
    if order is None:
        return room[-1], section_id
    if position not in room:
        allowed = f"must be from {room[0]} to {room[-1]} in this section"
        raise LessonOutsideSection(details=[{"field": "order", "message": allowed}])
    return position, section_id
