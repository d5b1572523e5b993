"""The code completes a sign-in whose password was right."""

from __future__ import annotations

from coursify.core.ratelimit import Bucket
from coursify.modules.users import queries
from coursify.modules.users.challenges import read_challenge
from coursify.modules.users.desk import Desk
from coursify.modules.users.errors import InvalidChallenge, InvalidCode
from coursify.modules.users.limits import CODE_BY_ACCOUNT, LOGIN_BY_ADDRESS
from coursify.modules.users.models import OpenedSession
from coursify.modules.users.services.check_code import check_code
from coursify.modules.users.services.open_session import Device, open_session


async def pass_second_factor(
    desk: Desk, *, challenge: str, code: str, address: str, user_agent: str | None
) -> OpenedSession:
    """Raises InvalidChallenge, InvalidCode, TooManyRequests. A reset or suspension meanwhile ends the challenge."""
    noted = read_challenge(desk.sealer, challenge, now=desk.clock.wall())
    guess = (Bucket(CODE_BY_ACCOUNT, str(noted.user_id)), Bucket(LOGIN_BY_ADDRESS, address))
    async with desk.guesses.counted(*guess), desk.database.transaction() as (db, now):
        credentials = await queries.share_credentials(db, noted.user_id)
        if (
            credentials is None
            or credentials.status != "active"
            or credentials.sessions_valid_after != noted.sessions_valid_after
        ):
            raise InvalidChallenge
        if not await check_code(db, sealer=desk.sealer, user_id=noted.user_id, code=code, now=now):
            raise InvalidCode
        device = Device(user_agent, noted.device_id)
        return await open_session(db, desk=desk, credentials=credentials, device=device, now=now)
