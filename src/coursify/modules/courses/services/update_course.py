"""The owner or an admin changes a course. What is waiting or on sale stays complete; a new price is audited."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.errors import PreconditionFailed
from coursify.modules.courses import policies
from coursify.modules.courses.errors import CourseIncomplete
from coursify.modules.courses.models import Course, CourseChanges, CourseWithText
from coursify.modules.courses.queries import course_texts, courses, search_index
from coursify.modules.courses.rich_text import excerpt_of
from coursify.modules.courses.services.check_category import check_category
from coursify.modules.courses.services.check_price import check_price
from coursify.modules.courses.services.clean_html import clean_html
from coursify.modules.courses.services.index_courses import index_courses

# What a course is found or filtered by through its words.
SEARCHED = {"title", "subtitle", "description", "category", "level", "language"}
# What the row of its texts has, or is computed from.
TEXTS = {"title", "subtitle", "description", "requirements", "outcomes"}


async def update_course(
    db: Connection,
    *,
    caller: Caller,
    course_id: UUID,
    changes: CourseChanges,
    expected_version: int | None,
    now: datetime,
) -> CourseWithText:
    """The course with `changes`; raises PreconditionFailed when a version was expected and it is another one.

    Orders keep the price at which they were made, so a price may change at any time.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_editor(course, caller)
    if expected_version is not None and expected_version != course.version:
        raise PreconditionFailed
    before = CourseWithText(**asdict(course), **asdict(await course_texts.get_texts(db, course_id)))
    if not changes:
        return before
    edited = replace(before, **changes)
    if "description" in changes:
        description = clean_html(changes["description"], field="description")
        edited = replace(edited, description=description, excerpt=excerpt_of(description))
    if edited.must_be_complete and edited.missing_fields():
        raise CourseIncomplete(details=edited.missing_fields())
    if edited.price != course.price:
        check_price(edited.price_minor, edited.currency)
    if edited.category != course.category:
        await check_category(db, edited.category)
    updated = await courses.update_course_fields(db, edited, now=now)
    if changes.keys() & TEXTS:
        await course_texts.update_course_text(db, edited)
    await _index(db, updated, changes)
    if updated.price != course.price:
        await _record_price(db, caller=caller, before=course, after=updated)
    return updated


async def _index(db: Connection, updated: Course, changes: CourseChanges) -> None:
    """Another price, for one, changes no word."""
    if changes.keys() & SEARCHED:
        await index_courses(db, [updated.id])
    else:
        await search_index.set_indexed_version(db, updated.id, course_version=updated.version)


async def _record_price(db: Connection, *, caller: Caller, before: Course, after: Course) -> None:
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.change_price",
        target_type="course",
        target_id=after.id,
        details={
            "from": {"amount": before.price_minor, "currency": before.currency},
            "to": {"amount": after.price_minor, "currency": after.currency},
        },
    )
