"""The link in an email switches its kind of news off, without a sign-in."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.notifications.errors import UnsubscribeLinkInvalid
from coursify.modules.notifications.queries import preferences
from coursify.modules.notifications.unsubscribe_links import UnsubscribeTarget, read_token
from coursify.modules.users.queries import users


def read_link(server_key: bytes, token: str) -> UnsubscribeTarget:
    """Raises UnsubscribeLinkInvalid for a token that we did not write."""
    target = read_token(server_key, token)
    if target is None:
        raise UnsubscribeLinkInvalid
    return target


async def unsubscribe(db: Connection, *, target: UnsubscribeTarget, now: datetime) -> None:
    """A second time changes nothing; an erased person has no news. Raises UnsubscribeLinkInvalid for a revoked link."""
    user = await users.lock_user(db, target.user_id)
    if user.status == "erased":
        return
    chosen = await preferences.get_preferences(db, user.id)
    if chosen.link_version != target.link_version:
        raise UnsubscribeLinkInvalid
    if chosen.wants(target.kind):
        await preferences.set_preferences(
            db,
            user.id,
            course_news=False if target.kind == "course_news" else None,
            digest=False if target.kind == "digest" else None,
            now=now,
        )
