"""SQL of renditions: the resolutions in which a video is played."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_optional, fetch_value
from coursify.modules.media.models import Rendition

_RENDITION = "asset_id, name, width, height, bandwidth, codecs, segment_milliseconds"


async def list_renditions(db: Connection, asset_id: UUID) -> list[Rendition]:
    """Those of a video, the smallest first."""
    return await fetch_all(
        db,
        Rendition,
        f"SELECT {_RENDITION} FROM renditions WHERE asset_id = %(asset_id)s ORDER BY bandwidth, name",
        asset_id=asset_id,
    )


async def find_rendition(db: Connection, *, asset_id: UUID, name: str) -> Rendition | None:
    return await fetch_optional(
        db,
        Rendition,
        f"SELECT {_RENDITION} FROM renditions WHERE asset_id = %(asset_id)s AND name = %(name)s",
        asset_id=asset_id,
        name=name,
    )


async def is_folder_of_ready_video(db: Connection, *, path: str, hls_folder: str) -> bool:
    """Whether the segments in this folder of the store are those that are played."""
    return await fetch_value(
        db,
        bool,
        """
        SELECT EXISTS (SELECT FROM assets WHERE path = %(path)s AND hls_folder = %(hls_folder)s AND status = 'ready')
        """,
        path=path,
        hls_folder=hls_folder,
    )
