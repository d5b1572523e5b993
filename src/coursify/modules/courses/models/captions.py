"""What captions of a course say, and where a search found something in them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LessonCaptions:
    """The WebVTT of a lesson's video in one language."""

    lesson_id: UUID
    lesson_title: str
    position: int
    language: str
    content: str


@dataclass(frozen=True, slots=True)
class SpokenPassage:
    """A cue that has all words, alone or together with the next one."""

    lesson_id: UUID
    lesson_title: str
    order: int
    language: str
    second: int
    text: str
