"""The ledger's SQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_value
from coursify.modules.ledger.models import Entry, SourceType


async def insert_entries(
    db: Connection, *, txn_id: UUID, source_type: SourceType, source_id: UUID, entries: list[Entry], now: datetime
) -> int:
    """Write a transaction's entries in one statement; a fact that is booked already adds nothing."""
    return await execute(
        db,
        """
        INSERT INTO ledger_entries
            (txn_id, account, instructor_id, amount_minor, currency, source_type, source_id, order_line_id, booked_at)
        SELECT %(txn_id)s, account, instructor_id, amount_minor, currency, %(source_type)s, %(source_id)s,
               order_line_id, %(now)s
        FROM unnest(%(accounts)s::text[], %(instructors)s::uuid[], %(amounts)s::bigint[], %(currencies)s::text[],
                    %(lines)s::uuid[]) AS entry (account, instructor_id, amount_minor, currency, order_line_id)
        ON CONFLICT (source_type, source_id, account, order_line_id) DO NOTHING
        """,
        txn_id=txn_id,
        source_type=source_type,
        source_id=source_id,
        now=now,
        accounts=[entry.account for entry in entries],
        instructors=[entry.instructor_id for entry in entries],
        amounts=[entry.amount_minor for entry in entries],
        currencies=[entry.currency for entry in entries],
        lines=[entry.order_line_id for entry in entries],
    )


async def is_booked(db: Connection, *, source_type: SourceType, source_id: UUID) -> bool:
    return await fetch_value(
        db,
        bool,
        """
        SELECT EXISTS (SELECT FROM ledger_entries WHERE source_type = %(source_type)s AND source_id = %(source_id)s)
        """,
        source_type=source_type,
        source_id=source_id,
    )
