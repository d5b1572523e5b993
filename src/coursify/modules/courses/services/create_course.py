"""An instructor creates a course: a draft with a readable slug."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.errors import Forbidden
from coursify.modules.courses.models import CourseFields, CourseWithText, Level
from coursify.modules.courses.queries import courses
from coursify.modules.courses.rich_text import excerpt_of
from coursify.modules.courses.services.check_category import check_category
from coursify.modules.courses.services.check_price import check_price
from coursify.modules.courses.services.clean_html import clean_html
from coursify.modules.courses.services.index_courses import index_courses
from coursify.modules.courses.slugs import slugify, vary
from coursify.modules.users.services.lock_active_user import lock_active_user


async def create_course(
    db: Connection,
    *,
    instructor_id: UUID,
    title: str,
    currency: str,
    now: datetime,
    description: str = "",
    price_minor: int | None = None,
    category: str | None = None,
    subtitle: str | None = None,
    level: Level = "all",
    language: str = "en",
    requirements: Sequence[str] = (),
    outcomes: Sequence[str] = (),
) -> CourseWithText:
    """The new draft. `price_minor` is in the smallest unit of `currency`; `description` is HTML and is sanitised.

    The instructor's row is locked: a suspension or demotion at the same time finds the course, or refuses it here.
    Twenty who choose one title at once get twenty addresses: who finds the plain one taken gets a random ending.
    """
    instructor = await lock_active_user(db, instructor_id)
    if not instructor.may_sell:
        raise Forbidden
    check_price(price_minor, currency)
    await check_category(db, category)
    fields: CourseFields = {
        "title": title,
        "subtitle": subtitle,
        "description": clean_html(description, field="description"),
        "price_minor": price_minor,
        "currency": currency,
        "category": category,
        "level": level,
        "language": language,
        "requirements": list(requirements),
        "outcomes": list(outcomes),
    }
    return await _insert(db, instructor_id=instructor_id, fields=fields, now=now)


async def _insert(db: Connection, *, instructor_id: UUID, fields: CourseFields, now: datetime) -> CourseWithText:
    plain_slug = slug = slugify(fields["title"])
    excerpt = excerpt_of(fields["description"])
    while True:
        course = await courses.insert_course(
            db, instructor_id=instructor_id, slug=slug, excerpt=excerpt, **fields, now=now
        )
        if course is not None:
            await index_courses(db, [course.id])
            return course
        slug = vary(plain_slug)
