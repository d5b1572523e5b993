"""Emails as an operator sees them: to whom by id, about what, and what became of them. No address and no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_optional, fetch_value
from coursify.core.queries.emails import DeliveryState

_EMAIL = "id, kind, subject_id, user_id, state, attempts, reason, created_at, settled_at"
# Written out: nearly all emails are accepted, and a bound state would be planned as if every state were as frequent.
_OF_STATE: Final[dict[DeliveryState, str]] = {state: f"state = '{state}'" for state in get_args(DeliveryState)}


@dataclass(frozen=True, slots=True)
class SentEmail:
    """`user_id` is None for somebody without an account; `subject_id` is what it is about, by its kind."""

    id: UUID
    kind: str
    subject_id: UUID
    user_id: UUID | None
    state: DeliveryState
    attempts: int
    reason: str | None
    created_at: datetime
    settled_at: datetime | None


async def list_emails(
    db: Connection,
    *,
    state: DeliveryState | None,
    user_id: UUID | None,
    before_id: UUID | None,
    limit: int,
    offset: int,
) -> list[SentEmail]:
    """Newest first."""
    conditions = [*_conditions(state, user_id), *(["id < %(before_id)s"] if before_id else [])]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return await fetch_all(
        db,
        SentEmail,
        f"SELECT {_EMAIL} FROM email_deliveries {where} ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s",
        user_id=user_id,
        before_id=before_id,
        limit=limit,
        offset=offset,
    )


async def count_emails(db: Connection, *, state: DeliveryState | None, user_id: UUID | None, cap: int) -> int:
    conditions = _conditions(state, user_id)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM email_deliveries {where} LIMIT %(cap)s + 1) AS counted",
        user_id=user_id,
        cap=cap,
    )


async def find_email(db: Connection, delivery_id: UUID) -> SentEmail | None:
    return await fetch_optional(
        db, SentEmail, f"SELECT {_EMAIL} FROM email_deliveries WHERE id = %(delivery_id)s", delivery_id=delivery_id
    )


async def list_emails_about(db: Connection, *, user_id: UUID, subject_ids: list[UUID]) -> list[SentEmail]:
    """A person's emails about these things, oldest first."""
    return await fetch_all(
        db,
        SentEmail,
        f"""
        SELECT {_EMAIL} FROM email_deliveries
        WHERE user_id = %(user_id)s AND subject_id = ANY(%(subject_ids)s) ORDER BY id
        """,
        user_id=user_id,
        subject_ids=subject_ids,
    )


def _conditions(state: DeliveryState | None, user_id: UUID | None) -> list[str]:
    return [*([_OF_STATE[state]] if state else []), *(["user_id = %(user_id)s"] if user_id else [])]
