"""Signs a user in with email address and password. An unknown address takes as long as a wrong password."""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.ratelimit import reject_if_over
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.challenges import write_challenge
from coursify.modules.identity.errors import CredentialsChanged, InvalidCredentials, SecondFactorRequired
from coursify.modules.identity.limits import login_buckets, successes_of
from coursify.modules.identity.models import Credentials, OpenedSession
from coursify.modules.identity.queries import accounts
from coursify.modules.identity.services.check_code import has_second_factor
from coursify.modules.identity.services.open_session import Device, open_session
from coursify.modules.identity.tokens import known_device
from coursify.modules.users.models import canonical_email
from coursify.modules.users.queries import users


async def sign_in(
    authenticator: Authenticator,
    *,
    email: str,
    password: str,
    client_address: str,
    user_agent: str | None,
    device_token: str | None,
) -> OpenedSession:
    """Raises InvalidCredentials, the same for every reason; SecondFactorRequired; TooManyRequests before hashing.

    If the credentials changed during the verification, it runs once more: another sign-in may have renewed the hash.
    """
    attempt = functools.partial(
        _sign_in,
        authenticator,
        email=email,
        password=password,
        client_address=client_address,
        user_agent=user_agent,
        device_token=device_token,
    )
    try:
        return await attempt()
    except CredentialsChanged:
        return await attempt()


async def _sign_in(
    authenticator: Authenticator,
    *,
    email: str,
    password: str,
    client_address: str,
    user_agent: str | None,
    device_token: str | None,
) -> OpenedSession:
    email_canonical = canonical_email(email)
    async with authenticator.database.read() as db:
        found = await accounts.find_credentials_by_email(db, email_canonical)
    device = Device(user_agent, _known_device(authenticator, found, device_token))
    guess = login_buckets(
        authenticator.server_key,
        email_canonical=email_canonical,
        client_address=client_address,
        device_id=device.known_id,
    )
    # Only right passwords fill it, so that nobody else can lock the owner out.
    successes = successes_of(authenticator.server_key, email_canonical)
    reject_if_over(authenticator.counters.peek(successes))
    async with authenticator.attempts.counted(*guess):
        stored = found.password_hash if found and found.status == "active" else None
        # Python 3.11 does not tell coverage that an `async with` was left after this line.
        if (
            not await authenticator.passwords.verify(password, stored) or found is None or stored is None
        ):  # pragma: no branch
            raise InvalidCredentials
    authenticator.counters.count(successes)
    rehashed = await authenticator.passwords.hash(password) if authenticator.passwords.is_outdated(stored) else None
    async with authenticator.database.transaction() as (db, now):
        credentials = await _lock_credentials(db, found, rehashed=rehashed, now=now)
        if not await has_second_factor(db, found.user_id):
            return await open_session(db, authenticator=authenticator, credentials=credentials, device=device, now=now)
        challenge = write_challenge(authenticator.sealer, credentials=credentials, device_id=device.known_id, now=now)
    raise SecondFactorRequired(extra={"challenge": challenge})


def _known_device(authenticator: Authenticator, found: Credentials | None, device_token: str | None) -> UUID | None:
    if found is None:
        return None
    return known_device(
        authenticator.server_key, device_token, user_id=found.user_id, sessions_valid_after=found.sessions_valid_after
    )


async def _lock_credentials(db: Connection, found: Credentials, *, rehashed: str | None, now: datetime) -> Credentials:
    """Raises CredentialsChanged after a password change, suspension or erasure during the verification."""
    if rehashed:
        await users.lock_user(db, found.user_id)
    if await accounts.lock_credentials(db, found.user_id) != found:
        raise CredentialsChanged
    if rehashed is None:
        return found
    await users.set_password_hash(db, found.user_id, password_hash=rehashed, now=now)
    return dataclasses.replace(found, password_hash=rehashed)
