"""The personal data in core: sent emails, audit log entries, stored responses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.core.queries import idempotency_keys, personal_records

TABLES = {
    "email_deliveries": "which email was sent when, without its address",
    "audit_log": "all of it, under the id",
    "idempotency_keys": "deleted",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "emails": await personal_records.list_emails(db, user_id),
        "audit": await personal_records.list_audit(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await idempotency_keys.delete_keys_of_user(db, user_id)
