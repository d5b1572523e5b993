"""What has changed in a course since an admin last approved or rejected it."""

from __future__ import annotations

import asyncio
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.courses import policies
from coursify.modules.courses.models import Course
from coursify.modules.courses.queries import courses, snapshots
from coursify.modules.courses.review_diff import CourseDiff, LessonChange, compare_course, compare_lesson


async def compare_with_snapshot(
    db: Connection, *, caller: Caller, course_id: UUID, window: Window
) -> tuple[Course, CourseDiff, Page[LessonChange]]:
    """The course's changed fields, and a page of its lessons that are new, gone or different.

    Raises CourseNotFound. Without a snapshot every lesson is new. Texts are compared in a thread, because that may
    take a second.
    """
    course = await courses.get_course(db, course_id)
    policies.require_visible(course, caller)
    # Read first: what is changed afterwards makes it too old, never too new.
    revision = await snapshots.hash_content(db, course_id)
    snapshot = await snapshots.find_latest_snapshot(db, course_id)
    content = await snapshots.get_course_content(db, course_id)
    snapshot_id = snapshot.id if snapshot else None
    rows = await snapshots.list_changed_lessons(db, course_id, snapshot_id=snapshot_id, window=window)
    total = await snapshots.count_changed_lessons(db, course_id, snapshot_id=snapshot_id)
    page = cut(rows, window, total=total, key=lambda row: (row.place, str(row.id)))
    changes = await asyncio.to_thread(compare_course, snapshot, content)
    lessons = await asyncio.to_thread(lambda: [compare_lesson(row) for row in page.items])
    return course, CourseDiff(revision, snapshot, changes, lessons), page
