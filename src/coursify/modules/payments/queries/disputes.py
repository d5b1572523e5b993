"""The SQL of disputes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_optional, fetch_values
from coursify.modules.payments.models.refunds import Dispute, DisputeStatus


async def upsert_dispute(
    db: Connection,
    *,
    payment_id: UUID,
    provider_dispute_id: str,
    status: DisputeStatus,
    amount_minor: int,
    currency: str,
    opened_at: datetime,
    fetch_number: int,
    now: datetime,
) -> Dispute | None:
    """One row for each of the provider's disputes, overwritten by what was fetched last; None for an older fetch."""
    return await fetch_optional(
        db,
        Dispute,
        """
        INSERT INTO disputes AS known (payment_id, provider_dispute_id, status, amount_minor, currency, opened_at,
                                       fetch_number, updated_at)
        VALUES (%(payment_id)s, %(provider_dispute_id)s, %(status)s, %(amount_minor)s, %(currency)s, %(opened_at)s,
                %(fetch_number)s, %(now)s)
        ON CONFLICT (provider_dispute_id) DO UPDATE SET
            status = EXCLUDED.status, amount_minor = EXCLUDED.amount_minor, currency = EXCLUDED.currency,
            fetch_number = EXCLUDED.fetch_number, updated_at = EXCLUDED.updated_at
        WHERE known.fetch_number IS NULL OR known.fetch_number <= EXCLUDED.fetch_number
        RETURNING id, payment_id, provider_dispute_id, status, amount_minor, currency
        """,
        payment_id=payment_id,
        provider_dispute_id=provider_dispute_id,
        status=status,
        amount_minor=amount_minor,
        currency=currency,
        opened_at=opened_at,
        fetch_number=fetch_number,
        now=now,
    )


async def list_known_provider_ids(
    db: Connection, *, provider_dispute_ids: list[str], status: DisputeStatus
) -> list[str]:
    """Which of these of the provider's disputes we know with this status."""
    return await fetch_values(
        db,
        str,
        """
        SELECT provider_dispute_id FROM disputes
        WHERE provider_dispute_id = ANY(%(provider_dispute_ids)s) AND status = %(status)s
        """,
        provider_dispute_ids=provider_dispute_ids,
        status=status,
    )
