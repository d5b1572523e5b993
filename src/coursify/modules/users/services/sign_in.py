"""The address and the password open a session; an unknown address costs what a wrong password costs."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.modules.users import queries
from coursify.modules.users.desk import Desk
from coursify.modules.users.errors import InvalidCredentials
from coursify.modules.users.models import Credentials, OpenedSession, canonical_email
from coursify.modules.users.services.open_session import open_session
from coursify.modules.users.tokens import known_device


async def sign_in(
    desk: Desk, *, email: str, password: str, user_agent: str | None, device_token: str | None
) -> OpenedSession:
    """Raises InvalidCredentials, the same for every reason. A hash of another kind is made again on the way."""
    async with desk.database.read() as db:
        found = await queries.find_credentials(db, canonical_email(email))
    stored = found.password_hash if found and found.status == "active" else None
    if not await desk.passwords.verify(password, stored) or found is None or stored is None:
        raise InvalidCredentials
    rehashed = await desk.passwords.hash(password) if desk.passwords.is_outdated(stored) else None
    device_id = known_device(
        desk.server_key, device_token, user_id=found.user_id, sessions_valid_after=found.sessions_valid_after
    )
    async with desk.database.transaction() as (db, now):
        await _still_hold(db, found)
        if rehashed:
            await queries.set_password_hash(db, found.user_id, password_hash=rehashed, now=now)
        return await open_session(
            db,
            desk=desk,
            user=await queries.get_user(db, found.user_id),
            sessions_valid_after=found.sessions_valid_after,
            user_agent=user_agent,
            device_id=device_id,
            now=now,
        )


async def _still_hold(db: Connection, found: Credentials) -> None:
    """A password change, suspension or erasure while we verified comes first: what was verified counts no more."""
    current = await queries.share_credentials(db, found.user_id)
    if current != found:
        raise InvalidCredentials
