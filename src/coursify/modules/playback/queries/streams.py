"""SQL of the gate: everything that decides whether a stream goes on, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_optional
from coursify.modules.enrollments.queries.conditions import LIVE
from coursify.modules.identity.queries.conditions import IS_ALIVE
from coursify.modules.playback.models import LessonVideo, Stream

# By a grant that was open when the session began and has been since: one that was granted or reopened later carries
# only later sessions, so that a session of before a refund is not revived by buying again.
_IS_OPEN: Final = f"""EXISTS (
    SELECT FROM access_grants
    WHERE enrollment_id = enrollments.id AND coalesce(changed_at, granted_at) <= playback.created_at AND {LIVE}
)"""

# Sessions that have not ended and whose lesson still has their asset; with the key of a number, if the asset has it.
_STREAMS: Final = f"""
    SELECT playback.id, playback.user_id, playback.sign_in_id, playback.account, playback.asset_id,
           coalesce({IS_ALIVE}, false) AS is_signed_in, users.role,
           EXISTS (SELECT FROM second_factors WHERE second_factors.user_id = users.id AND confirmed_at IS NOT NULL)
               AS has_second_factor,
           users.email_verified_at IS NOT NULL AS is_email_verified, sessions.authenticated_at,
           courses.instructor_id, lessons.is_preview,
           (courses.status = 'published' AND courses.deleted_at IS NULL AND courses.sale_suspended_at IS NULL)
               AS is_on_sale,
           {_IS_OPEN} AS is_open,
           assets.path, assets.hls_folder, assets.content_type, assets.size_bytes,
           assets.duration_seconds, assets.ready_at,
           segment_keys.id AS key_id, segment_keys.sealed_key
    FROM playback_sessions AS playback
    JOIN lessons ON lessons.id = playback.lesson_id AND lessons.deleted_at IS NULL
    JOIN courses ON courses.id = playback.course_id
    JOIN lesson_videos ON lesson_videos.lesson_id = playback.lesson_id
        AND lesson_videos.asset_id = playback.asset_id
    JOIN assets ON assets.id = playback.asset_id AND assets.status = 'ready'
    LEFT JOIN users ON users.id = playback.user_id
    LEFT JOIN sessions ON sessions.id = playback.sign_in_id AND sessions.user_id = playback.user_id
    LEFT JOIN enrollments ON enrollments.course_id = playback.course_id
        AND enrollments.user_id = playback.user_id
    LEFT JOIN segment_keys ON segment_keys.asset_id = playback.asset_id
        AND segment_keys.number = %(key_number)s::integer
    WHERE playback.ended_at IS NULL AND playback.expires_at > %(now)s
"""


async def find_stream(db: Connection, playback_id: UUID, *, key_number: int | None, now: datetime) -> Stream | None:
    return await fetch_optional(
        db,
        Stream,
        f"{_STREAMS} AND playback.id = %(playback_id)s",
        playback_id=playback_id,
        key_number=key_number,
        now=now,
    )


async def list_streams(db: Connection, playback_ids: Sequence[UUID], *, now: datetime) -> list[Stream]:
    """Oldest first, without keys."""
    return await fetch_all(
        db,
        Stream,
        f"{_STREAMS} AND playback.id = ANY(%(playback_ids)s::uuid[]) ORDER BY playback.id",
        playback_ids=list(playback_ids),
        key_number=None,
        now=now,
    )


async def find_lesson_video(db: Connection, lesson_id: UUID) -> LessonVideo | None:
    return await fetch_optional(
        db,
        LessonVideo,
        """
        SELECT assets.id AS asset_id, assets.hls_folder
        FROM lesson_videos LEFT JOIN assets ON assets.id = lesson_videos.asset_id AND assets.status = 'ready'
        WHERE lesson_videos.lesson_id = %(lesson_id)s
        """,
        lesson_id=lesson_id,
    )
