"""The code completes a sign-in whose password was right."""

from __future__ import annotations

from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.challenges import read_challenge
from coursify.modules.identity.errors import InvalidChallenge, InvalidCode
from coursify.modules.identity.limits import CODE_BY_ACCOUNT, LOGIN_BY_ADDRESS
from coursify.modules.identity.models import OpenedSession
from coursify.modules.identity.queries import accounts
from coursify.modules.identity.services.check_code import check_code
from coursify.modules.identity.services.open_session import Device, open_session


async def verify_second_factor(
    authenticator: Authenticator, *, challenge: str, code: str, address: str, user_agent: str | None
) -> OpenedSession:
    """Raises InvalidChallenge, InvalidCode, TooManyRequests. Another password or a suspension ends the challenge.

    A known device has a count of its own, so that who knows only the password cannot keep the owner out.
    """
    noted = read_challenge(authenticator.sealer, challenge, now=authenticator.clock.wall())
    who = f"{noted.user_id}:{noted.device_id}" if noted.device_id else str(noted.user_id)
    guess = (Bucket(CODE_BY_ACCOUNT, who), Bucket(LOGIN_BY_ADDRESS, address))
    async with authenticator.attempts.counted(*guess), authenticator.database.transaction() as (db, now):
        credentials = await accounts.share_credentials(db, noted.user_id)
        if credentials is None or not noted.is_of(credentials):
            raise InvalidChallenge
        if not await check_code(db, sealer=authenticator.sealer, user_id=noted.user_id, code=code, now=now):
            raise InvalidCode
        device = Device(user_agent, noted.device_id)
        return await open_session(db, authenticator=authenticator, credentials=credentials, device=device, now=now)
