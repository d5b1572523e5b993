"""Counts the words of courses on sale, so that typing errors are noticed and common words are known."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from coursify.core.database import Connection, Database
from coursify.core.deadline import NEVER, Deadline
from coursify.core.queries.plans import set_statement_timeout
from coursify.modules.courses.queries import word_counts
from coursify.modules.courses.queries.word_counts import Round
from coursify.modules.courses.search.spelling import LONGEST, SHORTEST

# A rare word of a description is as likely a typing error itself.
LEAST_COURSES = 3
# How frequent a lexeme is matters where it decides how a search is done.
MANY_COURSES = 1_000
# From here on a word gets lexemes of its own: so many courses, with their parts, make a search in the index slow.
COMMON_COURSES = 2_000
# Longer parts of words are not counted.
LONGEST_PART = 6
# A large school takes long: its words are counted for at most a fiftieth of the time.
REST_FACTOR = 50
# Each takes a second or two; the parts of words, at the end, ten.
COURSES_OF_PIECE = 2_000
WORDS_OF_PIECE = 20_000
TIMEOUT_MS = 120_000


async def refresh_words(database: Database, *, deadline: Deadline = NEVER) -> None:
    """Counts in pieces, each in a transaction; what is left at the deadline is done the next time.

    Does nothing when the last count is recent for the time that it took.
    """
    while not deadline.has_passed:
        started = time.monotonic()
        async with database.transaction() as (db, now):
            await set_statement_timeout(db, milliseconds=TIMEOUT_MS)
            going = await word_counts.lock_round(db) or await _begin(db, now)
            if going is None:
                return
            if not going.is_counted:
                await _count(db, going, started)
            elif going.applied_to < word_counts.LAST_WORD:
                await _apply(db, going, started)
            else:
                await word_counts.count_parts(db, longest=LONGEST_PART, many_courses=MANY_COURSES)
                await word_counts.finish_round(db, now=now)
                return


async def _begin(db: Connection, now: datetime) -> Round | None:
    last = await word_counts.find_last_refresh(db)
    if last is not None and now - last.finished_at < timedelta(seconds=REST_FACTOR * last.seconds):
        return None
    await word_counts.insert_round(db)
    return await word_counts.lock_round(db)


async def _count(db: Connection, going: Round, started: float) -> None:
    until = await word_counts.find_end_of_piece(db, after_id=going.counted_to, size=COURSES_OF_PIECE)
    courses = await word_counts.count_piece(db, after_id=going.counted_to, until_id=until)
    await word_counts.set_round(
        db,
        counted_to=until,
        is_counted=until == word_counts.LAST_ID,
        applied_to=going.applied_to,
        courses=courses,
        seconds=time.monotonic() - started,
    )


async def _apply(db: Connection, going: Round, started: float) -> None:
    until = await word_counts.find_end_of_words(db, after=going.applied_to, size=WORDS_OF_PIECE)
    await word_counts.apply_words(
        db,
        after=going.applied_to,
        until=until,
        shortest=SHORTEST,
        longest=LONGEST,
        least_courses=LEAST_COURSES,
        many_courses=MANY_COURSES,
        common_courses=COMMON_COURSES,
    )
    await word_counts.set_round(
        db,
        counted_to=going.counted_to,
        is_counted=True,
        applied_to=until,
        courses=0,
        seconds=time.monotonic() - started,
    )
