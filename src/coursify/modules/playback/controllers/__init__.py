"""The operations of playback. `ROUTERS` are in the order in which paths are tried."""

from __future__ import annotations

from coursify.modules.playback.controllers import files, playback, segments, streams

ROUTERS = (segments.router, streams.router, files.router, playback.router)
