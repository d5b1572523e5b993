"""What certificates has of a person: what they completed, under which name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.certificates.queries import certificates, personal_records

TABLES = {
    "certificates": "the codes and courses, revoked and without the name",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {"certificates": await personal_records.list_certificates(db, user_id)}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await certificates.clear_learner(db, user_id, now=now)
    await certificates.clear_instructor(db, user_id)
