"""Checks the password of a signed-in user. Guesses are counted per account."""

from __future__ import annotations

from uuid import UUID

from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import WrongPassword
from coursify.modules.identity.limits import PASSWORD_BY_ACCOUNT
from coursify.modules.identity.models import Credentials
from coursify.modules.identity.queries import accounts


async def confirm_password(authenticator: Authenticator, *, user_id: UUID, password: str) -> Credentials:
    """Returns the credentials that were verified. Raises WrongPassword, TooManyRequests."""
    async with authenticator.attempts.counted(Bucket(PASSWORD_BY_ACCOUNT, str(user_id))):
        async with authenticator.database.read() as db:
            found = await accounts.find_credentials(db, user_id)
        if not await authenticator.passwords.verify(password, found.password_hash if found else None) or found is None:
            raise WrongPassword
        return found
