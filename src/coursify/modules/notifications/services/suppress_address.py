"""The provider does not reach an address, or its owner complained: it gets only transactional emails from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.notifications.models import SuppressionReason
from coursify.modules.notifications.queries import preferences, suppressed_addresses
from coursify.modules.notifications.services.compose_news import address_key
from coursify.modules.users.queries import users


async def suppress_address(
    db: Connection,
    *,
    server_key: bytes,
    address: str,
    user_id: UUID | None,
    reason: SuppressionReason,
    now: datetime,
) -> None:
    """A complaint also switches every kind of news off for the person, whatever their address is later."""
    await suppressed_addresses.upsert_suppression(db, address_key(server_key, address), reason=reason, now=now)
    if reason == "complaint" and user_id is not None:
        user = await users.find_user(db, user_id)
        if user is not None and user.status != "erased":
            await preferences.set_preferences(db, user_id, course_news=False, digest=False, now=now)


async def lift_bounce(db: Connection, *, server_key: bytes, address: str) -> None:
    """The owner used a link that was sent to the address: it can be reached again."""
    await suppressed_addresses.delete_bounce(db, address_key(server_key, address))
