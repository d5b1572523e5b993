"""Puts a course on sale into a person's wish list; adding it again changes nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.queries import courses
from coursify.modules.storefront.errors import WishlistFull
from coursify.modules.storefront.models import MAX_WISHES
from coursify.modules.storefront.queries import wishes
from coursify.modules.users.services.lock_active_user import lock_active_user


async def add_wish(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> None:
    """Raises CourseNotFound for a course that is not on sale, WishlistFull."""
    # An erasure deletes the list; what comes after it would stay.
    await lock_active_user(db, user_id)
    course = await courses.find_course(db, course_id)
    if course is None or not course.is_on_sale:
        raise CourseNotFound
    if await wishes.insert_wish(db, user_id=user_id, course_id=course_id, most=MAX_WISHES, now=now):
        return
    if not await wishes.has_wish(db, user_id=user_id, course_id=course_id):
        raise WishlistFull
