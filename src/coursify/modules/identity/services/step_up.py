"""Confirms the password, and the code of a second factor, to allow sensitive operations for 10 minutes."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import WrongCode, WrongPassword
from coursify.modules.identity.limits import CODE_BY_ACCOUNT
from coursify.modules.identity.models import STEP_UP_LIFETIME
from coursify.modules.identity.queries import accounts, sessions
from coursify.modules.identity.services.check_code import check_code, has_second_factor
from coursify.modules.identity.services.confirm_password import confirm_password


async def step_up(authenticator: Authenticator, *, caller: Caller, password: str, code: str | None) -> datetime:
    """Returns when the step-up expires. Raises WrongPassword, WrongCode, TooManyRequests."""
    confirmed = await confirm_password(authenticator, user_id=caller.user_id, password=password)
    guess = Bucket(CODE_BY_ACCOUNT, str(caller.user_id))
    async with authenticator.attempts.counted(guess), authenticator.database.transaction() as (db, now):
        if await accounts.lock_credentials(db, caller.user_id) != confirmed:
            raise WrongPassword
        if await has_second_factor(db, caller.user_id) and not await check_code(
            db, sealer=authenticator.sealer, user_id=caller.user_id, code=code or "", now=now
        ):
            raise WrongCode
        await sessions.mark_stepped_up(db, caller.session_id, now=now)
        await sessions.notify_session_change(db, caller.user_id)
        return now + STEP_UP_LIFETIME
