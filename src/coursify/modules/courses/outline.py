"""The order of lessons and sections: a section's lessons follow each other, and lessons in no section come first.

So along the lessons of a course the position of the section never decreases. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from coursify.core.errors import Details
from coursify.modules.courses.models import LessonPlace, Section, SectionPlan


def keeps_sections_together(places: Sequence[LessonPlace], lesson_ids: Sequence[UUID]) -> bool:
    """Whether the lessons, named in this order, leave each section whole and the sections in their order."""
    section_of = {place.lesson_id: place.section_position for place in places}
    positions = [section_of[lesson_id] for lesson_id in lesson_ids]
    return positions == sorted(positions)


def room_in_section(others: Sequence[LessonPlace], section_position: int) -> range:
    """The positions that one more lesson may take in this section (0: in no section), among the other lessons."""
    before = sum(place.section_position < section_position for place in others)
    within = sum(place.section_position == section_position for place in others)
    return range(before + 1, before + within + 2)


def section_at(others: Sequence[LessonPlace], position: int, sections: Sequence[Section]) -> UUID | None:
    """The section that a lesson joins at a position: that of the lesson which it moves down, or the last one."""
    if position <= len(others):
        return others[position - 1].section_id
    return sections[-1].id if sections else None


def find_mistakes(
    plan: Sequence[SectionPlan], *, section_ids: Collection[UUID], lesson_ids: Collection[UUID]
) -> Details:
    """What a curriculum names that is not of the course, or names twice, field by field."""
    named = [(f"sections.{number}.id", section.id) for number, section in enumerate(plan) if section.id is not None]
    mistakes = _mistakes_among(named, section_ids, "section")
    return mistakes + _mistakes_among(
        [
            (f"sections.{number}.lessonIds.{place}", lesson_id)
            for number, section in enumerate(plan)
            for place, lesson_id in enumerate(section.lesson_ids)
        ],
        lesson_ids,
        "lesson",
    )


def _mistakes_among(named: Sequence[tuple[str, UUID]], known: Collection[UUID], kind: str) -> Details:
    mistakes: Details = []
    seen: set[UUID] = set()
    for field, named_id in named:
        if named_id not in known:
            mistakes.append({"field": field, "message": f"is not a {kind} of this course"})
        elif named_id in seen:
            mistakes.append({"field": field, "message": f"this {kind} is named twice"})
        seen.add(named_id)
    return mistakes
