"""The ledger's SQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records, execute, fetch_all, fetch_records, find_value
from coursify.modules.ledger.models import Booking, Entry, SourceType


async def find_standing_transaction(db: Connection, *, source_type: SourceType, source_id: UUID) -> UUID | None:
    """The booking of this fact that was not reversed; there is at most one."""
    return await find_value(
        db,
        UUID,
        """
        SELECT id FROM ledger_transactions AS booked
        WHERE source_type = %(source_type)s AND source_id = %(source_id)s AND reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM ledger_transactions WHERE reverses_id = booked.id)
        """,
        source_type=source_type,
        source_id=source_id,
    )


async def insert_transaction(
    db: Connection,
    *,
    source_type: SourceType,
    source_id: UUID,
    reverses_id: UUID | None,
    entries: list[Entry],
    now: datetime,
) -> int:
    """The next transaction about this fact, with its entries; the caller holds the lock of the fact's payment."""
    return await execute(
        db,
        """
        WITH booked AS (
            INSERT INTO ledger_transactions (source_type, source_id, sequence, reverses_id, booked_at)
            SELECT %(source_type)s, %(source_id)s, coalesce(max(sequence), 0) + 1, %(reverses_id)s, %(now)s
            FROM ledger_transactions WHERE source_type = %(source_type)s AND source_id = %(source_id)s
            RETURNING id
        )
        INSERT INTO ledger_entries
            (transaction_id, account, instructor_id, amount_minor, currency, order_line_id, available_at)
        SELECT booked.id, account, instructor_id, amount_minor, currency, order_line_id, available_at
        FROM booked, unnest(%(accounts)s::text[], %(instructors)s::uuid[], %(amounts)s::bigint[],
                            %(currencies)s::text[], %(lines)s::uuid[], %(available)s::timestamptz[])
            AS entry (account, instructor_id, amount_minor, currency, order_line_id, available_at)
        """,
        source_type=source_type,
        source_id=source_id,
        reverses_id=reverses_id,
        now=now,
        accounts=[entry.account for entry in entries],
        instructors=[entry.instructor_id for entry in entries],
        amounts=[entry.amount_minor for entry in entries],
        currencies=[entry.currency for entry in entries],
        lines=[entry.order_line_id for entry in entries],
        available=[entry.available_at for entry in entries],
    )


async def list_entries(db: Connection, transaction_id: UUID) -> list[Entry]:
    return await fetch_all(
        db,
        Entry,
        """
        SELECT account, amount_minor, currency, instructor_id, order_line_id, available_at FROM ledger_entries
        WHERE transaction_id = %(transaction_id)s ORDER BY id
        """,
        transaction_id=transaction_id,
    )


async def list_bookings(db: Connection, *, source_ids: list[UUID]) -> list[Booking]:
    """Everything that was booked about these payments, refunds and disputes, in the order of booking."""
    return await fetch_all(
        db,
        Booking,
        """
        SELECT booked.id AS transaction_id, booked.source_type, booked.source_id, booked.reverses_id, booked.booked_at,
               entry.account, sum(entry.amount_minor)::bigint AS amount_minor, entry.currency
        FROM ledger_transactions AS booked JOIN ledger_entries AS entry ON entry.transaction_id = booked.id
        WHERE booked.source_type IN ('payment', 'refund', 'dispute', 'payment_fee', 'dispute_fee', 'adjustment')
          AND booked.source_id = ANY(%(source_ids)s)
        GROUP BY booked.id, entry.account, entry.currency ORDER BY booked.id, min(entry.id)
        """,
        source_ids=source_ids,
    )


async def list_earnings_of(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT booked.source_type, entry.amount_minor, entry.currency, entry.available_at, booked.booked_at,
               booked.reverses_id IS NOT NULL AS is_reversal
        FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
        WHERE entry.instructor_id = %(user_id)s ORDER BY entry.id
        """,
        user_id=user_id,
    )
