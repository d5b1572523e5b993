"""Creates an account with a first session, and sends the welcome email with a link to confirm the address."""

from __future__ import annotations

from typing import Literal

from coursify.core import mail
from coursify.core.ratelimit import Bucket
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.limits import TAKEN_EMAIL_BY_CLIENT
from coursify.modules.identity.models import Credentials, OpenedSession
from coursify.modules.identity.services.issue_token import issue_token
from coursify.modules.identity.services.open_session import Device, open_session
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.services.create_user import create_user


async def register_user(
    authenticator: Authenticator,
    *,
    name: str,
    email: str,
    password: str,
    role: Literal["student", "instructor"],
    client_address: str,
    user_agent: str | None,
) -> OpenedSession:
    """Raises EmailTaken, and TooManyRequests after ten of those in an hour from one client address.

    The password is hashed before the transaction begins, so that no connection waits for it.
    """
    taken = Bucket(TAKEN_EMAIL_BY_CLIENT, client_address)
    await authenticator.attempts.check(taken)
    password_hash = await authenticator.passwords.hash(password)
    try:
        async with authenticator.database.transaction() as (db, now):
            user = await create_user(db, name=name, email=email, password_hash=password_hash, role=role, now=now)
            await issue_token(db, user=user, purpose="verify_email", server_key=authenticator.server_key, now=now)
            await mail.enqueue_email(db, kind="welcome", subject_id=user.id, user_id=user.id, now=now)
            credentials = Credentials(user.id, password_hash, user.status, user.email_verified_at, now)
            return await open_session(
                db, authenticator=authenticator, credentials=credentials, device=Device(user_agent), now=now
            )
    except EmailTaken:
        await authenticator.attempts.take(taken)
        raise
