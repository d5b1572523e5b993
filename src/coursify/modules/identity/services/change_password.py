"""Changes the password of a user who knows the current one. All other sessions end."""

from __future__ import annotations

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import WrongPassword
from coursify.modules.identity.queries import accounts, one_time_tokens, sessions
from coursify.modules.identity.services.check_code import has_second_factor
from coursify.modules.identity.services.confirm_password import confirm_password
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.queries import users
from coursify.modules.users.services.lock_active_user import lock_active_user


async def change_password(
    authenticator: Authenticator, *, caller: Caller, current_password: str, password: str
) -> None:
    """Raises WrongPassword, TooManyRequests. Invalidates links that reset the password or change the email address."""
    confirmed = await confirm_password(authenticator, user_id=caller.user_id, password=current_password)
    password_hash = await authenticator.passwords.hash(password)
    async with authenticator.database.transaction() as (db, now):
        user = await lock_active_user(db, caller.user_id)
        if await accounts.find_credentials(db, user.id) != confirmed:
            raise WrongPassword
        await users.set_password_hash(db, user.id, password_hash=password_hash, now=now)
        await revoke_sessions(db, user_id=user.id, keep=caller.session_id, reason="password changed", now=now)
        # With a second factor, the password alone is no step-up.
        if not await has_second_factor(db, user.id):
            await sessions.mark_stepped_up(db, caller.session_id, now=now)
        await one_time_tokens.invalidate_tokens(
            db, user_id=user.id, purposes=["reset_password", "change_email"], now=now
        )
        await audit.record(db, actor_id=user.id, action="user.password_changed", target_type="user", target_id=user.id)
        await notify_owner(db, user_id=user.id, kind="password_changed", session_id=caller.session_id, now=now)
