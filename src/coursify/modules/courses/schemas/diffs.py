"""What changed in a course, as admins read it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import WithJsonSchema

from coursify.core.schema import Envelope, Meta, Moment, Output
from coursify.modules.courses.models import Course, CourseStatus
from coursify.modules.courses.review_diff import CourseDiff, CourseSnapshot, FieldChange, LessonDiff, SnapshotDecision

Scalar = Annotated[str | int | bool | None, WithJsonSchema({"type": ["string", "integer", "boolean", "null"]})]


class FieldChangeOut(Output):
    """A field with its old and new value; a text has a unified `diff` of its paragraphs instead, unless `isTooLong`.

    The numbers in the hunks count from two paragraphs before the first change.
    """

    field: str
    before: Scalar
    after: Scalar
    diff: str | None
    is_too_long: bool

    @classmethod
    def of(cls, change: FieldChange) -> FieldChangeOut:
        return cls.model_validate(change)


class LessonDiffOut(Output):
    """A lesson that is new, gone or different; what a new one says is at its own address."""

    id: UUID
    change: Literal["added", "removed", "changed"]
    title: str
    order: int | None
    order_before: int | None
    changes: list[FieldChangeOut]

    @classmethod
    def of(cls, diff: LessonDiff) -> LessonDiffOut:
        row = diff.lesson
        return cls(
            id=row.id,
            change=row.change,
            title=row.new_title or row.old_title or "",
            order=row.new_position,
            order_before=row.old_position,
            changes=[FieldChangeOut.of(change) for change in diff.changes],
        )


class SnapshotOut(Output):
    decision: SnapshotDecision
    decided_by: UUID
    taken_at: Moment

    @classmethod
    def of(cls, snapshot: CourseSnapshot) -> SnapshotOut:
        return cls(decision=snapshot.decision, decided_by=snapshot.decided_by, taken_at=snapshot.taken_at)


class CourseDiffOut(Output):
    """`since` is null before the first decision: then every lesson is new.

    Send `revision` (of the first page) with the approval: it is refused when something was changed after this answer.
    """

    course_id: UUID
    revision: str
    status: CourseStatus
    since: SnapshotOut | None
    changes: list[FieldChangeOut]
    lessons: list[LessonDiffOut]

    @classmethod
    def of(cls, course: Course, diff: CourseDiff) -> CourseDiffOut:
        return cls(
            course_id=course.id,
            revision=diff.revision,
            status=course.status,
            since=SnapshotOut.of(diff.since) if diff.since else None,
            changes=[FieldChangeOut.of(change) for change in diff.changes],
            lessons=[LessonDiffOut.of(lesson) for lesson in diff.lessons],
        )


class CourseDiffPage(Envelope[CourseDiffOut]):
    """The changed fields of a course, and a page of its changed lessons."""

    meta: Meta
