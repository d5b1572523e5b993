"""An instructor begins a course: a draft with a readable address of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses import queries
from coursify.modules.courses.models import Course, Level
from coursify.modules.courses.services.check_category import check_category
from coursify.modules.courses.services.check_price import check_price
from coursify.modules.courses.services.clean_html import clean_html
from coursify.modules.courses.slugs import slugify, vary


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
) -> Course:
    """The new draft. `price_minor` is in the smallest unit of `currency`; `description` is HTML and is sanitised.

    Twenty who choose one title at once get twenty addresses: who finds the plain one taken gets a random ending.
    """
    check_price(price_minor, currency)
    await check_category(db, category)
    description = clean_html(description, field="description")
    plain_slug = slug = slugify(title)
    while True:
        course = await queries.insert_course(
            db,
            instructor_id=instructor_id,
            slug=slug,
            title=title,
            subtitle=subtitle,
            description=description,
            price_minor=price_minor,
            currency=currency,
            category=category,
            level=level,
            language=language,
            now=now,
        )
        if course is not None:
            return course
        slug = vary(plain_slug)
