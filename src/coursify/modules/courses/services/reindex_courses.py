"""Indexes courses anew in batches: those of a renamed instructor or category, or all that changed unnoticed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from coursify.core.database import Connection, Database
from coursify.core.deadline import NEVER, Deadline
from coursify.modules.courses.queries import search_index
from coursify.modules.courses.search.fold import VERSION
from coursify.modules.courses.services.index_courses import index_courses

BATCH = 100
_FIRST = UUID(int=0)

ListBatch = Callable[[Connection, UUID], Awaitable[list[UUID]]]


async def reindex_courses(
    database: Database, *, deadline: Deadline = NEVER, show: Callable[[int], None] = lambda _count: None
) -> int:
    """Courses of before this table, of another version of the rules, and those that an older application wrote."""

    async def list_batch(db: Connection, after_id: UUID) -> list[UUID]:
        return await search_index.list_unindexed(db, index_version=VERSION, after_id=after_id, limit=BATCH)

    return await _reindex(database, list_batch, deadline, show)


async def reindex_every_course(database: Database, *, show: Callable[[int], None] = lambda _count: None) -> int:
    """With the marks of the words that are common by now; what is equal is not written again."""

    async def list_batch(db: Connection, after_id: UUID) -> list[UUID]:
        return await search_index.list_course_ids(db, after_id=after_id, limit=BATCH)

    return await _reindex(database, list_batch, show=show)


async def reindex_instructor(database: Database, *, instructor_id: UUID) -> int:
    async def list_batch(db: Connection, after_id: UUID) -> list[UUID]:
        return await search_index.list_course_ids_of_instructor(db, instructor_id, after_id=after_id, limit=BATCH)

    return await _reindex(database, list_batch)


async def reindex_category(database: Database, *, category: str) -> int:
    async def list_batch(db: Connection, after_id: UUID) -> list[UUID]:
        return await search_index.list_course_ids_of_category(db, category, after_id=after_id, limit=BATCH)

    return await _reindex(database, list_batch)


async def _reindex(
    database: Database,
    list_batch: ListBatch,
    deadline: Deadline = NEVER,
    show: Callable[[int], None] = lambda _count: None,
) -> int:
    """How many courses were indexed. Each batch commits by itself, so an interrupted run loses one batch."""
    count, after_id = 0, _FIRST
    while not deadline.has_passed:
        async with database.transaction() as (db, _now):
            course_ids = await list_batch(db, after_id)
            if not course_ids:
                break
            await index_courses(db, await search_index.lock_courses(db, course_ids))
        count, after_id = count + len(course_ids), course_ids[-1]
        show(count)
    return count
