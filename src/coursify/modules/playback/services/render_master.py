"""A player loads the list of renditions and captions."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.errors import NotFound
from coursify.modules.media.queries import captions, renditions
from coursify.modules.playback import playlists


async def render_master(database: Database, *, asset_id: UUID) -> str:
    """The master playlist. Raises NotFound for a video that is served as a file."""
    async with database.read() as db:
        found = await renditions.list_renditions(db, asset_id)
        languages = await captions.list_languages(db, asset_id)
    if not found:
        raise NotFound
    return playlists.master_playlist(found, [name for name in languages if playlists.LANGUAGE.fullmatch(name)])
