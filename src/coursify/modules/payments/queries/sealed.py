"""Client secrets at rest, to be sealed again with a newer key."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True)
class SealedSecret:
    payment_id: UUID
    client_secret: bytes | None


async def list_sealed_secrets(db: Connection, *, after_id: UUID, limit: int) -> list[SealedSecret]:
    return await fetch_all(
        db,
        SealedSecret,
        """
        SELECT id AS payment_id, client_secret FROM payments
        WHERE id > %(after_id)s AND client_secret IS NOT NULL ORDER BY id LIMIT %(limit)s
        """,
        after_id=after_id,
        limit=limit,
    )


async def reseal_secret(db: Connection, payment_id: UUID, *, old: bytes, new: bytes) -> int:
    return await execute(
        db,
        "UPDATE payments SET client_secret = %(new)s WHERE id = %(payment_id)s AND client_secret = %(old)s",
        payment_id=payment_id,
        old=old,
        new=new,
    )
