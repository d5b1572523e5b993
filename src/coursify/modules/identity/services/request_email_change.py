"""Requests a new email address. It takes effect when its link is used; the current address is notified now.

An address that was never confirmed is not notified: it may be a typing error, and belong to somebody else.
"""

from __future__ import annotations

from coursify.core import jobs, mail
from coursify.core.caller import Caller
from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import WrongPassword
from coursify.modules.identity.limits import EMAIL_CHANGE_BY_ACCOUNT
from coursify.modules.identity.queries import accounts
from coursify.modules.identity.services.confirm_password import confirm_password
from coursify.modules.identity.services.issue_token import issue_token
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.models import User, canonical_email
from coursify.modules.users.queries import users
from coursify.modules.users.services.lock_active_user import lock_active_user


async def request_email_change(
    authenticator: Authenticator, *, caller: Caller, current_password: str, email: str
) -> User:
    """Another spelling of the current address takes effect at once.

    Raises WrongPassword, EmailTaken, TooManyRequests.
    """
    confirmed = await confirm_password(authenticator, user_id=caller.user_id, password=current_password)
    await authenticator.attempts.take(Bucket(EMAIL_CHANGE_BY_ACCOUNT, str(caller.user_id)))
    async with authenticator.database.transaction() as (db, now):
        user = await lock_active_user(db, caller.user_id)
        if await accounts.find_credentials(db, user.id) != confirmed:
            raise WrongPassword
        if canonical_email(email) == canonical_email(user.email or ""):
            await jobs.defer(db, "payments.refresh_customer", user_id=user.id)
            return await users.respell_email(db, user.id, email=email, now=now)
        if await users.find_user_by_email(db, canonical_email(email)):
            raise EmailTaken
        token_id = await issue_token(
            db, user=user, purpose="change_email", server_key=authenticator.server_key, now=now, new_email=email
        )
        await mail.enqueue_email(db, kind="confirm_email", subject_id=token_id, user_id=user.id, now=now)
        if user.is_email_verified:
            await mail.enqueue_email(db, kind="email_change_requested", subject_id=token_id, user_id=user.id, now=now)
        return user
