"""How the statements of one connection are planned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from coursify.core.cancellation import uncanceled
from coursify.core.database import Connection, fetch_one, fetch_value


@asynccontextmanager
async def custom_plans(db: Connection) -> AsyncIterator[None]:
    """Plans each statement for its own values, reads no table or index from end to end where a search in an index fits,
    takes no other processor than its own, and has the memory for the matches of a million rows: with less, a bitmap
    forgets which rows of a page match, and each has to be compared again.

    For searches and rare filters, whose best plan depends on the words. A connection that cannot be set back is closed.
    """
    before = await _set(db)
    try:
        yield
    finally:
        await uncanceled(_reset(db, before))


@dataclass(frozen=True, slots=True)
class _Before:
    """The settings as they were, in the order in which PostgreSQL returned them."""

    plan_cache_mode: str
    enable_seqscan: str
    enable_hashjoin: str
    enable_mergejoin: str
    max_parallel_workers_per_gather: str
    work_mem: str
    jit: str


async def _set(db: Connection) -> _Before:
    return await fetch_one(
        db,
        _Before,
        """
        WITH before AS MATERIALIZED (
            SELECT current_setting('plan_cache_mode') AS plan_cache_mode,
                   current_setting('enable_seqscan') AS enable_seqscan,
                   current_setting('enable_hashjoin') AS enable_hashjoin,
                   current_setting('enable_mergejoin') AS enable_mergejoin,
                   current_setting('max_parallel_workers_per_gather') AS max_parallel_workers_per_gather,
                   current_setting('work_mem') AS work_mem, current_setting('jit') AS jit
        ), changed AS MATERIALIZED (
            SELECT set_config('plan_cache_mode', 'force_custom_plan', false),
                   set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
                   set_config('enable_mergejoin', 'off', false),
                   set_config('max_parallel_workers_per_gather', '0', false),
                   set_config('work_mem', '32MB', false), set_config('jit', 'off', false)
            FROM before
        )
        SELECT before.* FROM before CROSS JOIN changed
        """,
    )


async def _reset(db: Connection, before: _Before) -> None:
    if not db.closed:
        try:
            await fetch_value(
                db,
                str,
                """
                SELECT set_config('plan_cache_mode', %(plan_cache_mode)s, false)
                    || set_config('enable_seqscan', %(enable_seqscan)s, false)
                    || set_config('enable_hashjoin', %(enable_hashjoin)s, false)
                    || set_config('enable_mergejoin', %(enable_mergejoin)s, false)
                    || set_config('max_parallel_workers_per_gather', %(max_parallel_workers_per_gather)s, false)
                    || set_config('work_mem', %(work_mem)s, false) || set_config('jit', %(jit)s, false)
                """,
                **asdict(before),
            )
        except BaseException:
            await db.close()
            raise


async def set_statement_timeout(db: Connection, *, milliseconds: int) -> str:
    """Until the transaction ends, for a job whose one statement reads a whole table."""
    return await fetch_value(
        db, str, "SELECT set_config('statement_timeout', %(timeout)s, true)", timeout=str(milliseconds)
    )
