"""The list in the application. It reads the titles of courses, and writes no row of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import (
    Connection,
    Records,
    execute,
    fetch_all,
    fetch_optional,
    fetch_records,
    fetch_value,
)
from coursify.modules.notifications.models import Notification, NotificationKind, Recipient

_NOTIFICATION: Final = """
    notifications.id, user_id, kind, subject_id, course_id, courses.title AS course_title, notifications.created_at,
    read_at
"""
_WITH_COURSE: Final = "LEFT JOIN courses ON courses.id = course_id"


async def insert_notification(
    db: Connection,
    *,
    user_id: UUID,
    kind: NotificationKind,
    subject_id: UUID,
    course_id: UUID | None,
    now: datetime,
) -> int:
    return await execute(
        db,
        """
        INSERT INTO notifications (user_id, kind, subject_id, course_id, created_at)
        SELECT id, %(kind)s, %(subject_id)s, %(course_id)s, %(now)s FROM users
        WHERE id = %(user_id)s AND status <> 'erased'
        ON CONFLICT DO NOTHING
        """,
        user_id=user_id,
        kind=kind,
        subject_id=subject_id,
        course_id=course_id,
        now=now,
    )


async def insert_notifications(
    db: Connection,
    *,
    user_ids: list[UUID],
    kind: NotificationKind,
    subject_id: UUID,
    course_id: UUID,
    now: datetime,
) -> list[Recipient]:
    return await fetch_all(
        db,
        Recipient,
        """
        INSERT INTO notifications (user_id, kind, subject_id, course_id, created_at)
        SELECT id, %(kind)s, %(subject_id)s, %(course_id)s, %(now)s FROM users
        WHERE id = ANY(%(user_ids)s) AND status <> 'erased'
        ON CONFLICT DO NOTHING RETURNING id, user_id
        """,
        user_ids=user_ids,
        kind=kind,
        subject_id=subject_id,
        course_id=course_id,
        now=now,
    )


async def find_notification(db: Connection, notification_id: UUID) -> Notification | None:
    return await fetch_optional(
        db,
        Notification,
        f"SELECT {_NOTIFICATION} FROM notifications {_WITH_COURSE} WHERE notifications.id = %(notification_id)s",
        notification_id=notification_id,
    )


async def list_notifications(
    db: Connection, user_id: UUID, *, is_unread: bool, limit: int, offset: int, before: UUID | None
) -> list[Notification]:
    """Newest first."""
    conditions = [
        "user_id = %(user_id)s",
        *(["read_at IS NULL"] if is_unread else []),
        *(["notifications.id < %(before)s"] if before else []),
    ]
    return await fetch_all(
        db,
        Notification,
        f"""
        SELECT {_NOTIFICATION} FROM notifications {_WITH_COURSE} WHERE {" AND ".join(conditions)}
        ORDER BY notifications.id DESC LIMIT %(limit)s OFFSET %(offset)s
        """,
        user_id=user_id,
        limit=limit,
        offset=offset,
        before=before,
    )


async def count_notifications(db: Connection, user_id: UUID, *, is_unread: bool, cap: int) -> int:
    condition = "AND read_at IS NULL" if is_unread else ""
    return await fetch_value(
        db,
        int,
        f"""
        SELECT count(*) FROM
            (SELECT FROM notifications WHERE user_id = %(user_id)s {condition} LIMIT %(cap)s + 1) AS counted
        """,
        user_id=user_id,
        cap=cap,
    )


async def mark_read(db: Connection, *, user_id: UUID, notification_id: UUID, now: datetime) -> int:
    """The first time counts."""
    return await execute(
        db,
        """
        UPDATE notifications SET read_at = %(now)s
        WHERE id = %(notification_id)s AND user_id = %(user_id)s AND read_at IS NULL
        """,
        user_id=user_id,
        notification_id=notification_id,
        now=now,
    )


async def mark_all_read(db: Connection, user_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE notifications SET read_at = %(now)s WHERE user_id = %(user_id)s AND read_at IS NULL",
        user_id=user_id,
        now=now,
    )


async def delete_old_notifications(db: Connection, *, before: datetime, limit: int) -> int:
    """How many of the oldest ones were deleted, at most `limit`."""
    return await execute(
        db,
        """
        DELETE FROM notifications WHERE id IN (
            SELECT id FROM notifications WHERE created_at < %(before)s ORDER BY created_at LIMIT %(limit)s)
        """,
        before=before,
        limit=limit,
    )


async def list_notifications_of(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, kind, subject_id, course_id, created_at, read_at
        FROM notifications WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def delete_notifications_of(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM notifications WHERE user_id = %(user_id)s", user_id=user_id)
