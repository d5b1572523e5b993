"""What courses are to the caller, and what is written out beside them: one statement for each of these."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.models import Course
from coursify.modules.courses.queries import categories
from coursify.modules.storefront.models import Relation, Surroundings
from coursify.modules.storefront.policies import can_learn
from coursify.modules.storefront.queries import relations
from coursify.modules.users.models import User
from coursify.modules.users.queries import users


async def find_surroundings(
    db: Connection,
    *,
    caller: Caller | None,
    courses: Sequence[Course],
    expand: Collection[str] = (),
    now: datetime | None,
) -> dict[UUID, Surroundings]:
    """By course id. `expand` may contain `instructor` and `category`; `now` is None for those who are not signed in."""
    if not courses:
        return {}
    related = await _relations(db, caller, courses, now)
    people = await _instructors(db, courses) if "instructor" in expand else {}
    known = {one.slug: one for one in await categories.list_categories(db)} if "category" in expand else {}
    return {
        course.id: Surroundings(
            relation=related.get(course.id),
            may_learn=caller is not None and course.id in related and can_learn(caller, course, related[course.id]),
            instructor=people.get(course.instructor_id),
            category=known.get(course.category or ""),
        )
        for course in courses
    }


async def _relations(
    db: Connection, caller: Caller | None, courses: Sequence[Course], now: datetime | None
) -> dict[UUID, Relation]:
    if caller is None or now is None:
        return {}
    ids = [course.id for course in courses]
    return {
        one.course_id: one
        for one in await relations.list_relations(db, user_id=caller.user_id, course_ids=ids, now=now)
    }


async def _instructors(db: Connection, courses: Sequence[Course]) -> dict[UUID, User]:
    ids = sorted({course.instructor_id for course in courses})
    return {user.id: user for user in await users.list_users_by_id(db, ids)}
