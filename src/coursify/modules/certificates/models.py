"""Certificates as rows, and what is always true of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# A certificate has a random bit in its list; a list takes at most half as many certificates as it has bits.
STATUS_BITS = 131_072


@dataclass(frozen=True, slots=True)
class Certificate:
    """Names as they were at the completion; `learner_name` is None once the learner is erased."""

    enrollment_id: UUID
    code: str
    user_id: UUID
    course_id: UUID
    learner_name: str | None
    course_title: str
    course_language: str
    instructor_name: str | None
    issued_at: datetime
    revoked_at: datetime | None
    status_list: int
    status_index: int

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.learner_name is not None
