"""The figures that one process read last, for all that are scraped. Their age is by the clock of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from coursify.core.database import Connection, execute, fetch_optional, fetch_value

# An advisory lock of PostgreSQL is named by a number.
_LOCK: Final = 7_301_912


@dataclass(frozen=True, slots=True)
class MetricSnapshot:
    samples: list[Any]
    age_seconds: float


async def find_snapshot(db: Connection) -> MetricSnapshot | None:
    return await fetch_optional(
        db,
        MetricSnapshot,
        """
        SELECT samples, extract(epoch FROM statement_timestamp() - taken_at)::double precision AS age_seconds
        FROM metric_snapshots WHERE name = 'figures'
        """,
    )


async def try_claim(db: Connection) -> bool:
    """Whether the caller is the one who takes the next snapshot, until its transaction ends."""
    return await fetch_value(db, bool, "SELECT pg_try_advisory_xact_lock(%(number)s)", number=_LOCK)


async def store_snapshot(db: Connection, samples: list[Any]) -> int:
    return await execute(
        db,
        """
        INSERT INTO metric_snapshots (name, taken_at, samples)
        VALUES ('figures', statement_timestamp(), %(samples)s)
        ON CONFLICT (name) DO UPDATE SET taken_at = EXCLUDED.taken_at, samples = EXCLUDED.samples
        """,
        samples=Jsonb(samples),
    )
