"""Counts a large catalogue by its filters, so that facets are read and not counted."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.queries.plans import set_statement_timeout
from coursify.modules.courses.queries import catalogue, facets
from coursify.modules.courses.search.question import MAX_CANDIDATES

TIMEOUT_MS = 240_000


async def keep_catalogue_counts(database: Database) -> None:
    """A small catalogue needs no kept counts: its facets are counted when somebody asks."""
    async with database.transaction() as (db, _now):
        await set_statement_timeout(db, milliseconds=TIMEOUT_MS)
        await facets.delete_catalogue_counts(db)
        if await catalogue.count_catalogue(db, filters={}) > MAX_CANDIDATES:
            await facets.insert_catalogue_counts(db)
