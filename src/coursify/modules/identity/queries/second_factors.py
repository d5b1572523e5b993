"""Second factors and their recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional
from coursify.modules.identity.models import SecondFactor

_FACTOR = "user_id, secret, confirmed_at, last_step"


async def find_second_factor(db: Connection, user_id: UUID) -> SecondFactor | None:
    return await fetch_optional(
        db, SecondFactor, f"SELECT {_FACTOR} FROM second_factors WHERE user_id = %(user_id)s", user_id=user_id
    )


async def begin_second_factor(db: Connection, *, user_id: UUID, secret: bytes, now: datetime) -> int:
    """Stores a new, unconfirmed secret; 0 rows if a confirmed one exists."""
    return await execute(
        db,
        """
        INSERT INTO second_factors (user_id, secret, created_at) VALUES (%(user_id)s, %(secret)s, %(now)s)
        ON CONFLICT (user_id) DO UPDATE SET secret = EXCLUDED.secret, created_at = EXCLUDED.created_at, last_step = NULL
        WHERE second_factors.confirmed_at IS NULL
        """,
        user_id=user_id,
        secret=secret,
        now=now,
    )


async def confirm_second_factor(db: Connection, user_id: UUID, *, step: int, now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE second_factors SET confirmed_at = %(now)s, last_step = %(step)s
        WHERE user_id = %(user_id)s AND confirmed_at IS NULL
        """,
        user_id=user_id,
        step=step,
        now=now,
    )


async def use_step(db: Connection, user_id: UUID, *, step: int) -> int:
    """Marks a time step as used; 0 rows if this step or a later one was used."""
    return await execute(
        db,
        """
        UPDATE second_factors SET last_step = %(step)s
        WHERE user_id = %(user_id)s AND confirmed_at IS NOT NULL AND coalesce(last_step, -1) < %(step)s
        """,
        user_id=user_id,
        step=step,
    )


async def delete_second_factor(db: Connection, user_id: UUID) -> int:
    return await execute(
        db,
        """
        WITH codes AS (DELETE FROM recovery_codes WHERE user_id = %(user_id)s)
        DELETE FROM second_factors WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
    )


async def replace_recovery_codes(db: Connection, user_id: UUID, *, hashes: Sequence[bytes]) -> int:
    return await execute(
        db,
        """
        WITH old AS (DELETE FROM recovery_codes WHERE user_id = %(user_id)s)
        INSERT INTO recovery_codes (user_id, code_hash) SELECT %(user_id)s, unnest(%(hashes)s::bytea[])
        """,
        user_id=user_id,
        hashes=list(hashes),
    )


async def use_recovery_code(db: Connection, user_id: UUID, *, code_hash: bytes, now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE recovery_codes SET used_at = %(now)s
        WHERE user_id = %(user_id)s AND code_hash = %(code_hash)s AND used_at IS NULL
        """,
        user_id=user_id,
        code_hash=code_hash,
        now=now,
    )
