"""The inbox's SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_value, find_value
from coursify.core.gateways import ProviderEvent
from coursify.modules.webhooks.models import EventState, StoredEvent

_EVENT = "id, provider, event_id, type, object_type, object_id, state, attempts, reason, received_at, handled_at"


async def insert_event(
    db: Connection, *, event_key: UUID, provider: str, event: ProviderEvent, payload: bytes | None, now: datetime
) -> UUID | None:
    """The stored event's id, or None when it was stored before."""
    return await find_value(
        db,
        UUID,
        """
        INSERT INTO provider_events
            (id, provider, event_id, type, object_type, object_id, api_version, payload, received_at)
        VALUES (%(event_key)s, %(provider)s, %(event_id)s, %(type)s, %(object_type)s, %(object_id)s, %(api_version)s,
                %(payload)s, %(now)s)
        ON CONFLICT (provider, event_id) DO NOTHING RETURNING id
        """,
        event_key=event_key,
        provider=provider,
        event_id=event.id,
        type=event.type,
        object_type=event.object_type,
        object_id=event.object_id,
        api_version=event.api_version,
        payload=payload,
        now=now,
    )


async def clear_old_payloads(db: Connection, *, now: datetime) -> int:
    """What an event said is of no use a month after it was handled."""
    return await execute(
        db,
        """
        UPDATE provider_events SET payload = NULL
        WHERE payload IS NOT NULL AND handled_at < %(now)s::timestamptz - interval '30 days'
        """,
        now=now,
    )


async def clear_payloads_of(db: Connection, user_id: UUID) -> int:
    """Events about an erased person: what happened stays, what was said of them goes."""
    return await execute(
        db,
        """
        WITH objects AS (
            SELECT provider_payment_id AS id FROM payments WHERE user_id = %(user_id)s
            UNION SELECT provider_refund_id FROM refunds JOIN payments ON payments.id = payment_id
                  WHERE payments.user_id = %(user_id)s
            UNION SELECT provider_dispute_id FROM disputes JOIN payments ON payments.id = payment_id
                  WHERE payments.user_id = %(user_id)s
            UNION SELECT provider_customer_id FROM payment_customers WHERE user_id = %(user_id)s
        )
        UPDATE provider_events SET payload = NULL FROM objects
        WHERE object_id = objects.id AND payload IS NOT NULL
        """,
        user_id=user_id,
    )


async def find_event(db: Connection, event_key: UUID) -> StoredEvent | None:
    return await fetch_optional(
        db, StoredEvent, f"SELECT {_EVENT} FROM provider_events WHERE id = %(event_key)s", event_key=event_key
    )


async def set_event_state(
    db: Connection, event_key: UUID, *, state: EventState, reason: str | None, now: datetime
) -> int:
    """Note what became of the event; an applied one stays applied."""
    return await execute(
        db,
        """
        UPDATE provider_events SET state = %(state)s, reason = %(reason)s, attempts = attempts + 1,
            handled_at = CASE WHEN %(state)s IN ('applied', 'ignored') THEN %(now)s::timestamptz END
        WHERE id = %(event_key)s AND state <> 'applied'
        """,
        event_key=event_key,
        state=state,
        reason=reason,
        now=now,
    )


async def find_cursor(db: Connection, provider: str) -> datetime | None:
    return await find_value(
        db, datetime, "SELECT reconciled_until FROM provider_cursors WHERE provider = %(provider)s", provider=provider
    )


async def move_cursor(db: Connection, *, provider: str, until: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO provider_cursors (provider, reconciled_until) VALUES (%(provider)s, %(until)s)
        ON CONFLICT (provider) DO UPDATE
        SET reconciled_until = greatest(provider_cursors.reconciled_until, EXCLUDED.reconciled_until)
        """,
        provider=provider,
        until=until,
    )


async def new_event_key(db: Connection) -> UUID:
    return await fetch_value(db, UUID, "SELECT uuidv7()")


@dataclass(frozen=True, slots=True)
class SealedPayload:
    event_key: UUID
    payload: bytes | None


async def list_sealed_payloads(db: Connection, *, after_id: UUID, limit: int) -> list[SealedPayload]:
    return await fetch_all(
        db,
        SealedPayload,
        """
        SELECT id AS event_key, payload FROM provider_events
        WHERE id > %(after_id)s AND payload IS NOT NULL ORDER BY id LIMIT %(limit)s
        """,
        after_id=after_id,
        limit=limit,
    )


async def reseal_payload(db: Connection, event_key: UUID, *, old: bytes, new: bytes) -> int:
    return await execute(
        db,
        "UPDATE provider_events SET payload = %(new)s WHERE id = %(event_key)s AND payload = %(old)s",
        event_key=event_key,
        old=old,
        new=new,
    )
