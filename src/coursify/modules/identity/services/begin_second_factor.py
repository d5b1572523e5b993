"""Creates a secret for an authenticator app. It is not required until a first code confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp

from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.modules.identity.errors import SecondFactorExists
from coursify.modules.identity.queries import second_factors
from coursify.modules.identity.sealing import TOTP_SECRET
from coursify.modules.users.services.lock_active_user import lock_active_user


@dataclass(frozen=True, slots=True)
class NewFactor:
    secret: str
    uri: str


async def begin_second_factor(db: Connection, *, sealer: Sealer, user_id: UUID, now: datetime) -> NewFactor:
    """Raises SecondFactorExists if a confirmed one exists."""
    user = await lock_active_user(db, user_id)
    secret = pyotp.random_base32()
    sealed = sealer.seal(secret.encode(), associated_data=TOTP_SECRET.for_row(user_id))
    if not await second_factors.begin_second_factor(db, user_id=user_id, secret=sealed, now=now):
        raise SecondFactorExists
    return NewFactor(secret, pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Coursify"))
