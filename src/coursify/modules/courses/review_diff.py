"""What changed between two states of a course: fields with both values, texts as unified diffs. Pure."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

SnapshotDecision = Literal["approved", "rejected", "acknowledged"]

# More changed lines than these are not compared: the time grows with their square.
MAX_CHANGED_LINES = 300
_CONTEXT = 2
_BLOCK_ENDS = re.compile(r"(</(?:p|h[234]|ul|ol|li|blockquote|pre|table|tr)>|<(?:br|hr)\b[^>]*>)(?!\n)")
_PLAIN_FIELDS = ("title", "subtitle", "price_minor", "currency", "category", "level", "language")


@dataclass(frozen=True, slots=True)
class CourseContent:
    """What is compared of a course; `image` is where the picture is in the store."""

    title: str
    subtitle: str | None
    description: str
    requirements: list[str]
    outcomes: list[str]
    price_minor: int | None
    currency: str
    category: str | None
    level: str
    language: str
    image: str | None


@dataclass(frozen=True, slots=True)
class CourseSnapshot(CourseContent):
    """A course as it was at a decision."""

    id: UUID
    decision: SnapshotDecision
    decided_by: UUID
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class LessonChange:
    """A lesson before and after; `place` is where it is, or was. An old one is in the snapshot, a new one is live."""

    id: UUID
    place: int
    is_old: bool
    is_new: bool
    old_position: int | None
    new_position: int | None
    old_section: str | None
    new_section: str | None
    old_title: str | None
    new_title: str | None
    old_content: str | None
    new_content: str | None
    old_preview: bool | None
    new_preview: bool | None
    old_duration: int | None
    new_duration: int | None
    old_external_video: str | None
    new_external_video: str | None
    old_video: UUID | None
    new_video: UUID | None
    has_moved: bool

    @property
    def change(self) -> Literal["added", "removed", "changed"]:
        if not self.is_old:
            return "added"
        return "changed" if self.is_new else "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A text has a diff in place of its values, unless too much of it changed."""

    field: str
    before: str | int | bool | None = None
    after: str | int | bool | None = None
    diff: str | None = None
    is_too_long: bool = False


@dataclass(frozen=True, slots=True)
class LessonDiff:
    lesson: LessonChange
    changes: list[FieldChange]


@dataclass(frozen=True, slots=True)
class CourseDiff:
    """Since the last decision; `since` is None before the first one. `revision` is a hash of what is compared."""

    revision: str
    since: CourseSnapshot | None
    changes: list[FieldChange]
    lessons: list[LessonDiff]


def compare_course(before: CourseSnapshot | None, after: CourseContent) -> list[FieldChange]:
    """Nothing without a snapshot. Whether there is a picture is said, never where it is stored."""
    if before is None:
        return []
    changes = [
        FieldChange("price" if name == "price_minor" else name, getattr(before, name), getattr(after, name))
        for name in _PLAIN_FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    if before.image != after.image:
        changes.append(FieldChange("image", before.image is not None, after.image is not None))
    for name in ("requirements", "outcomes"):
        changes += _compare_text(name, "\n".join(getattr(before, name)), "\n".join(getattr(after, name)))
    return changes + _compare_text("description", before.description, after.description)


def compare_lesson(row: LessonChange) -> LessonDiff:
    """A lesson that is new or gone has no changed fields."""
    if row.change != "changed":
        return LessonDiff(row, [])
    pairs: dict[str, tuple[str | int | bool | None, str | int | bool | None]] = {
        "section": (row.old_section, row.new_section),
        "title": (row.old_title, row.new_title),
        "isPreview": (row.old_preview, row.new_preview),
        "durationSeconds": (row.old_duration, row.new_duration),
    }
    changes = [FieldChange(name, old, new) for name, (old, new) in pairs.items() if old != new]
    if row.has_moved:
        changes.append(FieldChange("order", row.old_position, row.new_position))
    if (row.old_external_video, row.old_video) != (row.new_external_video, row.new_video):
        before, after = _video(row.old_external_video, row.old_video), _video(row.new_external_video, row.new_video)
        changes.append(FieldChange("video", before, after))
    return LessonDiff(row, changes + _compare_text("content", row.old_content or "", row.new_content or ""))


def diff_html(before: str, after: str) -> str | None:
    """Lines with ` `, `-` or `+` before them, in hunks that begin with `@@`; None when too much changed.

    HTML is often one line: each of its paragraphs counts as one.
    """
    old, new = _lines_of(before), _lines_of(after)
    start = _count_common(old, new)
    end = _count_common(old[start:][::-1], new[start:][::-1])
    if max(len(old), len(new)) - start - end > MAX_CHANGED_LINES:
        return None
    # Equal lines far from the change would only cost time; the numbers in the hunks count from here on.
    first, last = max(start - _CONTEXT, 0), max(end - _CONTEXT, 0)
    hunks = difflib.unified_diff(old[first : len(old) - last], new[first : len(new) - last], lineterm="", n=_CONTEXT)
    return "\n".join(list(hunks)[2:])


def _compare_text(field: str, before: str, after: str) -> list[FieldChange]:
    if before == after:
        return []
    diff = diff_html(before, after)
    return [FieldChange(field, diff=diff, is_too_long=diff is None)]


def _video(external_url: str | None, asset_id: UUID | None) -> str | None:
    return external_url or ("uploaded" if asset_id else None)


def _lines_of(html: str) -> list[str]:
    return _BLOCK_ENDS.sub(r"\1\n", html).splitlines()


def _count_common(old: list[str], new: list[str]) -> int:
    """How many lines both begin with."""
    count = 0
    for mine, yours in zip(old, new, strict=False):
        if mine != yours:
            break
        count += 1
    return count
