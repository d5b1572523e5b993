"""What must be true of pictures, videos and files."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def assets_nobody_uses(db: Connection, *, now: datetime) -> Rows:
    """A file that is not released belongs to an account, and is used or younger than a day and an hour."""
    return await fetch_records(
        db,
        """
        SELECT assets.id AS asset_id, assets.status, assets.kind
        FROM assets LEFT JOIN users ON users.id = assets.owner_id
        WHERE users.id IS NULL
           OR assets.status <> 'released' AND assets.created_at < %(now)s::timestamptz - interval '25 hours'
              AND NOT EXISTS (SELECT FROM lesson_videos WHERE assets.id IN (asset_id, next_asset_id))
              AND NOT EXISTS (SELECT FROM lesson_attachments WHERE asset_id = assets.id)
              AND NOT EXISTS (SELECT FROM courses WHERE image_asset_id = assets.id)
              AND NOT EXISTS (SELECT FROM users WHERE avatar_asset_id = assets.id)
        """,
        now=now,
    )


async def videos_that_do_not_play(db: Connection, *, now: datetime) -> Rows:
    """A video that a lesson plays is ready: a file, or renditions with the same segments and a key for every five."""
    return await fetch_records(
        db,
        """
        SELECT assets.id AS asset_id, assets.status, assets.hls_folder
        FROM assets
        LEFT JOIN lesson_videos ON lesson_videos.asset_id = assets.id
        LEFT JOIN LATERAL (
            SELECT count(*) AS renditions, min(cardinality(segment_milliseconds)) AS fewest,
                   max(cardinality(segment_milliseconds)) AS most
            FROM renditions WHERE renditions.asset_id = assets.id
        ) AS made ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS keys FROM segment_keys WHERE segment_keys.asset_id = assets.id
        ) AS sealed ON true
        WHERE (lesson_videos.lesson_id IS NOT NULL AND (assets.status <> 'ready' OR assets.kind <> 'video'))
           OR (assets.kind = 'video' AND assets.status = 'ready' AND assets.hls_folder IS NOT NULL
               AND (made.renditions = 0 OR made.fewest <> made.most OR sealed.keys <> (made.most + 4) / 5))
        """,
        now=now,
    )
