"""Completes a sign-in with the code of the second factor."""

from __future__ import annotations

from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.challenges import read_challenge
from coursify.modules.identity.errors import InvalidChallenge, InvalidCode
from coursify.modules.identity.limits import CODE_BY_ACCOUNT, LOGIN_BY_CLIENT
from coursify.modules.identity.models import OpenedSession
from coursify.modules.identity.queries import accounts
from coursify.modules.identity.services.check_code import check_code
from coursify.modules.identity.services.open_session import Device, open_session


async def verify_second_factor(
    authenticator: Authenticator, *, challenge: str, code: str, client_address: str, user_agent: str | None
) -> OpenedSession:
    """Raises InvalidChallenge, InvalidCode, TooManyRequests. A new password or a suspension ends the challenge.

    A known device has its own counter, so that someone who knows only the password cannot lock the owner out.
    """
    verified = read_challenge(authenticator.sealer, challenge, now=authenticator.clock.wall())
    key = f"{verified.user_id}:{verified.device_id}" if verified.device_id else str(verified.user_id)
    guess = (Bucket(CODE_BY_ACCOUNT, key), Bucket(LOGIN_BY_CLIENT, client_address))
    async with authenticator.attempts.counted(*guess), authenticator.database.transaction() as (db, now):
        credentials = await accounts.lock_credentials(db, verified.user_id)
        if credentials is None or not verified.matches(credentials):
            raise InvalidChallenge
        if not await check_code(db, sealer=authenticator.sealer, user_id=verified.user_id, code=code, now=now):
            raise InvalidCode
        device = Device(user_agent, verified.device_id)
        return await open_session(db, authenticator=authenticator, credentials=credentials, device=device, now=now)
