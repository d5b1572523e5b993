"""Which folders of the store have segments that are played. Segments are public, but nothing else of the store is."""

from __future__ import annotations

import time

from coursify.core.database import Database
from coursify.modules.media.queries import renditions

KNOWN_SECONDS = 60.0
_MAX_KNOWN = 10_000


class ReadyFolders:
    """Asks PostgreSQL, and remembers a ready folder for a minute: it does not change until its video is released."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known_until: dict[tuple[str, str], float] = {}

    async def has(self, path: str, hls_folder: str) -> bool:
        folder = (path, hls_folder)
        if self._known_until.get(folder, 0.0) > time.monotonic():
            return True
        async with self._database.read() as db:
            is_ready = await renditions.is_folder_of_ready_video(db, path=path, hls_folder=hls_folder)
        self._known_until.pop(folder, None)
        if is_ready:
            if len(self._known_until) >= _MAX_KNOWN:
                self._known_until.pop(next(iter(self._known_until)))
            self._known_until[folder] = time.monotonic() + KNOWN_SECONDS
        return is_ready
