"""Enables the second factor with a first code, and creates the recovery codes."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.crypto import Sealer, digest
from coursify.core.database import Connection, LazyTransaction
from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import SecondFactorExists, SecondFactorNotBegun, WrongCode
from coursify.modules.identity.limits import CODE_BY_ACCOUNT
from coursify.modules.identity.queries import second_factors, sessions
from coursify.modules.identity.sealing import TOTP_SECRET
from coursify.modules.identity.services.check_code import find_matching_step, normalize_recovery_code
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.users.services.lock_active_user import lock_active_user

RECOVERY_CODES = 10
_CODE_BYTES = 10


async def confirm_second_factor(
    authenticator: Authenticator, transaction: LazyTransaction, *, user_id: UUID, code: str
) -> list[str]:
    """Returns ten recovery codes. Raises SecondFactorNotBegun, SecondFactorExists, WrongCode, TooManyRequests.

    The attempt is counted before the transaction begins, because without Redis it needs another connection.
    """
    async with authenticator.attempts.counted(Bucket(CODE_BY_ACCOUNT, str(user_id)), before=transaction):
        db, now = await transaction.begin()
        return await _confirm(db, sealer=authenticator.sealer, user_id=user_id, code=code, now=now)


async def _confirm(db: Connection, *, sealer: Sealer, user_id: UUID, code: str, now: datetime) -> list[str]:
    await lock_active_user(db, user_id)
    factor = await second_factors.find_second_factor(db, user_id)
    if factor is None:
        raise SecondFactorNotBegun
    if factor.is_confirmed:
        raise SecondFactorExists
    secret = sealer.open(factor.secret, associated_data=TOTP_SECRET.for_row(user_id)).decode()
    step = find_matching_step(secret, code, now=now)
    if step is None:
        raise WrongCode
    await second_factors.confirm_second_factor(db, user_id, step=step, now=now)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    hashes = [digest(f"{user_id}:{normalize_recovery_code(code)}") for code in codes]
    await second_factors.replace_recovery_codes(db, user_id, hashes=hashes)
    await sessions.notify_session_change(db, user_id)
    await audit.record(db, actor_id=user_id, action="second_factor.enabled", target_type="user", target_id=user_id)
    await notify_owner(db, user_id=user_id, kind="second_factor_enabled", session_id=None, now=now)
    return codes


def _recovery_code() -> str:
    """80 random bits as four groups that can be read aloud."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
