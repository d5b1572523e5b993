"""An admin finds out who played a video, by the mark that was seen in a copy of it. The audit log has every search."""

from __future__ import annotations

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.playback.errors import ViewerMarkNotFound
from coursify.modules.playback.models import Viewer
from coursify.modules.playback.queries import playback_sessions
from coursify.modules.playback.viewer_marks import read_mark


async def resolve_viewer_mark(db: Connection, *, caller: Caller, mark: str) -> Viewer:
    viewer = await playback_sessions.find_viewer(db, read_mark(mark))
    if viewer is None:
        raise ViewerMarkNotFound
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="viewer_mark.resolve",
        target_type="playback",
        target_id=viewer.id,
        details={"userId": str(viewer.user_id) if viewer.user_id else None},
    )
    return viewer
