"""How the statements of one connection are planned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from coursify.core.cancellation import uncanceled
from coursify.core.database import Connection, fetch_value


@asynccontextmanager
async def custom_plans(db: Connection) -> AsyncIterator[None]:
    """Plans each statement for its own values, and reads no table from end to end where an index fits.

    For searches and rare filters, whose best plan depends on the words. A connection that cannot be set back is closed.
    """
    await _set(db)
    try:
        yield
    finally:
        await uncanceled(_reset(db))


async def _reset(db: Connection) -> None:
    if not db.closed:
        try:
            await fetch_value(
                db,
                int,
                """
                SELECT count(set_config(name, reset_val, false)) FROM pg_settings
                WHERE name IN ('plan_cache_mode', 'enable_seqscan', 'jit')
                """,
            )
        except BaseException:
            await db.close()
            raise


async def _set(db: Connection) -> int:
    return await fetch_value(
        db,
        int,
        """
        SELECT count(*) FROM (VALUES
            (set_config('plan_cache_mode', 'force_custom_plan', false)),
            (set_config('enable_seqscan', 'off', false)),
            (set_config('jit', 'off', false))
        ) AS changed
        """,
    )


async def set_statement_timeout(db: Connection, *, milliseconds: int) -> str:
    """Until the transaction ends, for a job whose one statement reads a whole table."""
    return await fetch_value(
        db, str, "SELECT set_config('statement_timeout', %(timeout)s, true)", timeout=str(milliseconds)
    )
