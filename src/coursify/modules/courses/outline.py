"""The order of lessons and sections: a section's lessons follow each other, and lessons in no section come first.

So along the lessons of a course the position of the section never decreases. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal
from uuid import UUID

from coursify.core.errors import Details
from coursify.modules.courses.models import LessonPlace, Section, SectionPlan

Step = Literal[-1, 1]


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


def move_lesson(
    places: Sequence[LessonPlace], sections: Sequence[Section], lesson_id: UUID, step: Step
) -> list[tuple[UUID, UUID | None]]:
    """The lessons in order, each with its section, after one of them moved by one place.

    At the edge of its section a lesson goes into the section before or after it; at the edge of the course it stays.
    """
    rooms: list[UUID | None] = [None, *(section.id for section in sections)]
    lessons = {room: [place.lesson_id for place in places if place.section_id == room] for room in rooms}
    room = next(place.section_id for place in places if place.lesson_id == lesson_id)
    within, number = lessons[room], rooms.index(room)
    index = within.index(lesson_id)
    within.remove(lesson_id)
    if 0 <= index + step <= len(within):
        within.insert(index + step, lesson_id)
    elif 0 <= number + step < len(rooms):
        beside = lessons[rooms[number + step]]
        beside.insert(len(beside) if step < 0 else 0, lesson_id)
    else:
        within.insert(index, lesson_id)
    return [(each, place) for place in rooms for each in lessons[place]]


def add_section(plan: Sequence[SectionPlan], title: str) -> list[SectionPlan]:
    """One more section, at the end."""
    return [*plan, SectionPlan(None, title, ())]


def rename_section(plan: Sequence[SectionPlan], section_id: UUID, title: str) -> list[SectionPlan]:
    return [replace(section, title=title) if section.id == section_id else section for section in plan]


def remove_section(plan: Sequence[SectionPlan], section_id: UUID) -> list[SectionPlan]:
    """Its lessons are in no section then, and come first."""
    return [section for section in plan if section.id != section_id]


def move_section(plan: Sequence[SectionPlan], section_id: UUID, step: Step) -> list[SectionPlan]:
    """The section and its lessons change places with the section before or after it, if there is one."""
    moved = list(plan)
    index = next((number for number, section in enumerate(plan) if section.id == section_id), None)
    if index is not None and 0 <= index + step < len(moved):
        moved[index], moved[index + step] = moved[index + step], moved[index]
    return moved


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
