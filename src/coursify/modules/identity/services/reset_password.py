"""Sets a new password with the token of an emailed link. All sessions end."""

from __future__ import annotations

from coursify.core import audit
from coursify.core.crypto import digest
from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import InvalidToken
from coursify.modules.identity.limits import TOKEN_BY_CLIENT
from coursify.modules.identity.queries import one_time_tokens
from coursify.modules.identity.services.disable_second_factor import disable_second_factor
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.identity.tokens import device_token
from coursify.modules.users.queries import users


async def reset_password(authenticator: Authenticator, *, token: str, password: str, client_address: str) -> str:
    """Raises InvalidToken, TooManyRequests. Nothing is hashed for an invalid token.

    If the email address was never confirmed, the account may have been created by someone who does not own it. The
    link proves the address, so the second factor of such an account is deleted.

    Returns a device token, so that the owner can sign in while others guess at the account.
    """
    token_hash = digest(token)
    async with authenticator.attempts.counted(Bucket(TOKEN_BY_CLIENT, client_address)):
        async with authenticator.database.read() as db:
            found = await one_time_tokens.find_one_time_token(db, token_hash)
        # Python 3.11 does not tell coverage that an `async with` was left after this line.
        if found is None or found.purpose != "reset_password" or not found.is_open:  # pragma: no branch
            raise InvalidToken
    password_hash = await authenticator.passwords.hash(password)
    async with authenticator.database.transaction() as (db, now):
        user = await users.lock_user(db, found.user_id)
        if not await one_time_tokens.use_one_time_token(db, token_hash, now=now):
            raise InvalidToken
        if not user.is_email_verified:
            await disable_second_factor(db, user_id=user.id, now=now)
        await users.reset_password_hash(db, user.id, password_hash=password_hash, now=now)
        await revoke_sessions(db, user_id=user.id, reason="password reset", now=now)
        await one_time_tokens.invalidate_tokens(
            db, user_id=user.id, purposes=["reset_password", "verify_email", "change_email"], now=now
        )
        await audit.record(db, actor_id=user.id, action="user.password_reset", target_type="user", target_id=user.id)
        await notify_owner(db, user_id=user.id, kind="password_reset", session_id=None, now=now)
    return device_token(authenticator.server_key, user_id=found.user_id, sessions_valid_after=now)
