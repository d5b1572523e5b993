"""Begins another sitemap when the last one is full."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.deadline import Deadline
from coursify.modules.courses.models.published import COURSES_PER_SITEMAP
from coursify.modules.courses.queries import published


async def divide_sitemap(database: Database, *, deadline: Deadline) -> None:
    """New courses are in the last sitemap, and where a sitemap begins never changes: each keeps its courses."""
    while not deadline.has_passed:
        async with database.transaction() as (db, _now):
            if not await published.insert_next_start(db, size=COURSES_PER_SITEMAP):
                return
