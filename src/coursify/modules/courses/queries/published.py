"""SQL of sitemaps and the feed: what the catalogue has, and nothing else."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_value
from coursify.modules.courses.models.published import COURSES_IN_FEED, MOST_IN_SITEMAP, FeedEntry, IdRange, ListedPage
from coursify.modules.courses.queries.catalogue import ON_SALE, ORDERS
from coursify.modules.courses.queries.courses import WITH_INSTRUCTOR

_FIRST_ID: Final = UUID(int=0)
_LAST_ID: Final = UUID(int=2**128 - 1)
_STARTS: Final = "SELECT number, first_id FROM sitemap_starts UNION ALL SELECT 1, %(first_id)s::uuid"


async def count_sitemaps(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT coalesce(max(number), 1) FROM sitemap_starts")


async def find_sitemap_range(db: Connection, number: int) -> IdRange | None:
    """The ids of the sitemap's courses, `before_id` not among them; None: there is no such sitemap."""
    return await fetch_optional(
        db,
        IdRange,
        f"""
        SELECT this.first_id, next.first_id AS before_id
        FROM ({_STARTS}) AS this LEFT JOIN sitemap_starts AS next ON next.number = this.number + 1
        WHERE this.number = %(number)s
        """,
        number=number,
        first_id=_FIRST_ID,
    )


async def list_published_pages(db: Connection, ids: IdRange) -> list[ListedPage]:
    """The courses of one sitemap, in the order in which they were created."""
    return await fetch_all(
        db,
        ListedPage,
        f"""
        SELECT course.slug, course.updated_at FROM courses AS course
        WHERE {ON_SALE} AND course.id >= %(first_id)s AND course.id < %(before_id)s
        ORDER BY course.id LIMIT {MOST_IN_SITEMAP}
        """,
        first_id=ids.first_id,
        before_id=ids.before_id or _LAST_ID,
    )


async def insert_next_start(db: Connection, *, size: int) -> int:
    """The last sitemap ends after `size` courses, and one more begins. Returns 0 when it has no more than these."""
    return await execute(
        db,
        f"""
        INSERT INTO sitemap_starts (number, first_id)
        SELECT last.number + 1, next.id
        FROM (SELECT number, first_id FROM ({_STARTS}) AS starts ORDER BY number DESC LIMIT 1) AS last
        CROSS JOIN LATERAL (
            SELECT course.id FROM courses AS course WHERE {ON_SALE} AND course.id >= last.first_id
            ORDER BY course.id LIMIT 1 OFFSET %(size)s
        ) AS next
        ON CONFLICT (number) DO NOTHING
        """,
        size=size,
        first_id=_FIRST_ID,
    )


async def list_feed_entries(db: Connection) -> list[FeedEntry]:
    """The newest courses."""
    return await fetch_all(
        db,
        FeedEntry,
        f"""
        SELECT course.id, course.slug, course.title, course.excerpt, instructor.name AS instructor_name,
               course.published_at, course.updated_at
        FROM courses AS course {WITH_INSTRUCTOR} WHERE {ON_SALE}
        ORDER BY {ORDERS["newest"].columns} LIMIT {COURSES_IN_FEED}
        """,
    )
