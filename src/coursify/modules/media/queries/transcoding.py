"""SQL of transcoding: its attempts and progress, and the renditions and keys that it makes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, find_value
from coursify.modules.media.models import Rendition, SegmentKey


async def begin_attempt(db: Connection, asset_id: UUID) -> int | None:
    """Count an attempt to transcode. Returns its number, or None when there is nothing to transcode."""
    return await find_value(
        db,
        int,
        """
        UPDATE assets SET attempts = attempts + 1 WHERE id = %(asset_id)s AND status = 'processing' AND kind = 'video'
        RETURNING attempts
        """,
        asset_id=asset_id,
    )


async def raise_progress(db: Connection, asset_id: UUID, *, progress: int) -> int:
    """Progress only grows."""
    return await execute(
        db,
        """
        UPDATE assets SET progress = %(progress)s
        WHERE id = %(asset_id)s AND status = 'processing' AND progress < %(progress)s
        """,
        asset_id=asset_id,
        progress=progress,
    )


async def mark_video_ready(
    db: Connection, asset_id: UUID, *, hls_folder: str, duration_seconds: int, now: datetime
) -> int:
    """The renditions in `hls_folder` are played from now on."""
    return await execute(
        db,
        """
        UPDATE assets SET status = 'ready', ready_at = %(now)s, progress = 100, hls_folder = %(hls_folder)s,
            duration_seconds = %(duration_seconds)s
        WHERE id = %(asset_id)s AND status = 'processing'
        """,
        asset_id=asset_id,
        hls_folder=hls_folder,
        duration_seconds=duration_seconds,
        now=now,
    )


async def insert_rendition(db: Connection, rendition: Rendition) -> int:
    return await execute(
        db,
        """
        INSERT INTO renditions (asset_id, name, width, height, bandwidth, codecs, segment_milliseconds)
        VALUES (%(asset_id)s, %(name)s, %(width)s, %(height)s, %(bandwidth)s, %(codecs)s,
                %(segment_milliseconds)s::integer[])
        """,
        asset_id=rendition.asset_id,
        name=rendition.name,
        width=rendition.width,
        height=rendition.height,
        bandwidth=rendition.bandwidth,
        codecs=rendition.codecs,
        segment_milliseconds=rendition.segment_milliseconds,
    )


async def insert_segment_key(db: Connection, key: SegmentKey) -> int:
    return await execute(
        db,
        """
        INSERT INTO segment_keys (id, asset_id, number, sealed_key)
        VALUES (%(id)s, %(asset_id)s, %(number)s, %(sealed_key)s)
        """,
        id=key.id,
        asset_id=key.asset_id,
        number=key.number,
        sealed_key=key.sealed_key,
    )
