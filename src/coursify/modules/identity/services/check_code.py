"""Checks a code of the authenticator app or a recovery code. Each is valid once."""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from uuid import UUID

import pyotp

from coursify.core.crypto import Sealer, digest
from coursify.core.database import Connection
from coursify.modules.identity.queries import second_factors
from coursify.modules.identity.sealing import TOTP_SECRET
from coursify.modules.identity.services.notify_owner import notify_owner

STEP_SECONDS = 30
# One step early or late: clocks differ, and people type slowly.
_DRIFT = (0, -1, 1)


async def has_second_factor(db: Connection, user_id: UUID) -> bool:
    factor = await second_factors.find_second_factor(db, user_id)
    return factor is not None and factor.is_confirmed


async def check_code(db: Connection, *, sealer: Sealer, user_id: UUID, code: str, now: datetime) -> bool:
    """Whether `code` is right and unused. Marks it as used, in the transaction of what it allows."""
    factor = await second_factors.find_second_factor(db, user_id)
    if factor is None or not factor.is_confirmed:
        return False
    secret = sealer.open(factor.secret, associated_data=TOTP_SECRET.for_row(user_id)).decode()
    step = find_matching_step(secret, code, now=now)
    if step is not None:
        return bool(await second_factors.use_step(db, user_id, step=step))
    return await _use_recovery_code(db, user_id=user_id, code=code, now=now)


def find_matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step that the code belongs to: the current one or a neighbor; None if it is wrong."""
    current = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.HOTP(secret)
    return next(
        (
            current + drift
            for drift in _DRIFT
            if hmac.compare_digest(generator.at(current + drift).encode(), code.strip().encode())
        ),
        None,
    )


async def _use_recovery_code(db: Connection, *, user_id: UUID, code: str, now: datetime) -> bool:
    code_hash = digest(f"{user_id}:{normalize_recovery_code(code)}")
    if not await second_factors.use_recovery_code(db, user_id, code_hash=code_hash, now=now):
        return False
    await notify_owner(db, user_id=user_id, kind="recovery_code_used", session_id=None, now=now)
    return True


def normalize_recovery_code(code: str) -> str:
    """The stored form: people type dashes, spaces and lower case."""
    return re.sub(r"[^A-Z2-7]", "", code.upper())
