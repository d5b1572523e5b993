"""What identity has of a person: sign-ins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.identity.queries import personal_records, sessions

TABLES = {
    "sessions": "ended, without the device",
    "refresh_tokens": "revoked hashes, until their session is a month old",
    "one_time_tokens": "deleted",
    "second_factors": "deleted",
    "recovery_codes": "deleted",
    "security_events": "what happened and when, for no one in particular",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "pendingAddresses": await personal_records.list_pending_addresses(db, user_id),
        "sessions": await personal_records.list_sessions(db, user_id),
        "secondFactor": await personal_records.list_second_factor(db, user_id),
        "securityEvents": await personal_records.list_security_events(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await sessions.delete_sign_in_data(db, user_id)
