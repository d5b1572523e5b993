"""A course's lessons by section, and what is missing in sentences. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coursify.modules.courses.models import Section
from coursify.modules.courses.models.outline import OutlineLesson


@dataclass(frozen=True, slots=True)
class Shelf:
    """A section with its lessons; the first one has no section and may be empty."""

    section: Section | None
    lessons: list[OutlineLesson]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a course lacks, and the part of its pages where that is written."""

    sentence: str
    lesson_id: UUID | None
    is_text: bool


_SENTENCES = {
    "title": "Give the course a title.",
    "description": "Describe the course: what will learners be able to do?",
    "price": "Name a price; 0 makes it free.",
    "lessons": "Add a lesson.",
}


def by_section(sections: Sequence[Section], outline: Sequence[OutlineLesson]) -> list[Shelf]:
    """Lessons in no section first, then each section."""
    first = Shelf(None, [lesson for lesson in outline if lesson.section_id is None])
    return [
        first,
        *(Shelf(section, [each for each in outline if each.section_id == section.id]) for section in sections),
    ]


def explain(detail: dict[str, str], outline: Sequence[OutlineLesson]) -> Missing:
    """A detail of CourseIncomplete as a sentence that says what to do."""
    field, _, position = detail["field"].partition(".")
    if position:
        lesson = outline[int(position) - 1]
        return Missing(f"Lesson {position}, “{lesson.title}”, needs a text or a video.", lesson.id, is_text=False)
    sentence = _SENTENCES.get(field, f"{field.capitalize()} {detail['message']}.")
    return Missing(sentence, None, is_text=field != "lessons")
