"""The emails that people switched on or off."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, Records, execute, fetch_one, fetch_optional, fetch_records, fetch_values
from coursify.modules.notifications.models import DEFAULTS, Preferences

_PREFERENCES: Final = "course_news, digest, link_version"


async def get_preferences(db: Connection, user_id: UUID) -> Preferences:
    """What the person chose, or the defaults."""
    found = await fetch_optional(
        db,
        Preferences,
        f"SELECT {_PREFERENCES} FROM notification_preferences WHERE user_id = %(user_id)s",
        user_id=user_id,
    )
    return found or DEFAULTS


async def set_preferences(
    db: Connection, user_id: UUID, *, course_news: bool | None, digest: bool | None, now: datetime
) -> Preferences:
    """What is None stays as it is."""
    return await fetch_one(
        db,
        Preferences,
        f"""
        INSERT INTO notification_preferences AS chosen (user_id, course_news, digest, updated_at)
        VALUES (%(user_id)s, coalesce(%(course_news)s, %(default_course_news)s),
                coalesce(%(digest)s, %(default_digest)s), %(now)s)
        ON CONFLICT (user_id) DO UPDATE SET
            course_news = coalesce(%(course_news)s, chosen.course_news),
            digest = coalesce(%(digest)s, chosen.digest),
            updated_at = %(now)s
        RETURNING {_PREFERENCES}
        """,
        user_id=user_id,
        course_news=course_news,
        digest=digest,
        default_course_news=DEFAULTS.course_news,
        default_digest=DEFAULTS.digest,
        now=now,
    )


async def raise_link_version(db: Connection, user_id: UUID, *, now: datetime) -> int:
    """The links in earlier emails are invalid from now on."""
    return await execute(
        db,
        """
        INSERT INTO notification_preferences AS chosen (user_id, course_news, digest, link_version, updated_at)
        VALUES (%(user_id)s, %(course_news)s, %(digest)s, 2, %(now)s)
        ON CONFLICT (user_id) DO UPDATE SET
            link_version = least(chosen.link_version + 1, 65535), updated_at = %(now)s
        """,
        user_id=user_id,
        course_news=DEFAULTS.course_news,
        digest=DEFAULTS.digest,
        now=now,
    )


async def list_digest_readers(db: Connection, *, after_id: UUID, limit: int) -> list[UUID]:
    """The next active people who want the digest, in the order of their ids."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT user_id FROM notification_preferences JOIN users ON users.id = user_id
        WHERE digest AND status = 'active' AND user_id > %(after_id)s ORDER BY user_id LIMIT %(limit)s
        """,
        after_id=after_id,
        limit=limit,
    )


async def list_preferences_of(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        "SELECT course_news, digest, updated_at FROM notification_preferences WHERE user_id = %(user_id)s",
        user_id=user_id,
    )


async def delete_preferences_of(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM notification_preferences WHERE user_id = %(user_id)s", user_id=user_id)
