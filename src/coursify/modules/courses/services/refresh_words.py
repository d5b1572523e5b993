"""Counts the words of courses on sale, so that typing errors are noticed and common words are known."""

from __future__ import annotations

import time
from datetime import timedelta

from coursify.core.database import Database
from coursify.core.queries.plans import set_statement_timeout
from coursify.modules.courses.queries import spelling
from coursify.modules.courses.search.spelling import LONGEST, SHORTEST

# A rare word of a description is as likely a typing error itself.
LEAST_COURSES = 3
# How frequent a lexeme is matters where it decides how a search is done.
MANY_COURSES = 1_000
# A large school takes long: its words are counted for at most a fiftieth of the time.
REST_FACTOR = 50
TIMEOUT_MS = 500_000


async def refresh_words(database: Database) -> None:
    """Does nothing when the last count is recent for the time that it took."""
    started = time.monotonic()
    async with database.transaction() as (db, now):
        last = await spelling.find_last_refresh(db)
        if last is not None and now - last.finished_at < timedelta(seconds=REST_FACTOR * last.seconds):
            return
        await set_statement_timeout(db, milliseconds=TIMEOUT_MS)
        await spelling.refresh_words(
            db, shortest=SHORTEST, longest=LONGEST, least_courses=LEAST_COURSES, many_courses=MANY_COURSES
        )
        await spelling.set_last_refresh(db, now=now, seconds=time.monotonic() - started)
