"""A player loads the list of segments of one rendition."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.errors import NotFound
from coursify.modules.media.queries import assets, renditions
from coursify.modules.playback import playlists


async def render_rendition(database: Database, *, asset_id: UUID, name: str, segments_url: str) -> str:
    """Raises NotFound when the video has no such rendition."""
    async with database.read() as db:
        asset = await assets.find_asset(db, asset_id)
        rendition = await renditions.find_rendition(db, asset_id=asset_id, name=name)
    if asset is None or rendition is None:
        raise NotFound
    return playlists.rendition_playlist(asset, rendition, segments_url=segments_url)
