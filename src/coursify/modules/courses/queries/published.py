"""SQL of sitemaps and the feed: what the catalogue has, and nothing else."""

from __future__ import annotations

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.modules.courses.models.published import COURSES_IN_FEED, COURSES_PER_SITEMAP, FeedEntry, ListedPage
from coursify.modules.courses.queries.catalogue import ON_SALE, ORDERS
from coursify.modules.courses.queries.courses import WITH_INSTRUCTOR


async def count_published(db: Connection) -> int:
    return await fetch_value(db, int, f"SELECT count(*) FROM courses AS course WHERE {ON_SALE}")


async def list_published_pages(db: Connection, *, offset: int) -> list[ListedPage]:
    """The courses of one sitemap, in the order in which they were created."""
    return await fetch_all(
        db,
        ListedPage,
        f"""
        SELECT course.slug, course.updated_at FROM courses AS course WHERE {ON_SALE}
        ORDER BY course.id LIMIT {COURSES_PER_SITEMAP} OFFSET %(offset)s
        """,
        offset=offset,
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
