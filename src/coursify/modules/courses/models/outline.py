"""The lessons of a course without their texts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutlineLesson:
    """A live lesson without its text."""

    id: UUID
    section_id: UUID | None
    title: str
    position: int
    has_text: bool
    has_external_video: bool
    has_video: bool
    is_preview: bool
    duration_seconds: int

    @property
    def is_ready(self) -> bool:
        """As `Lesson.is_ready`."""
        return self.has_text or self.has_external_video or self.has_video
