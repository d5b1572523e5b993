"""Does this stream go on? Pure; deny by default."""

from __future__ import annotations

from uuid import UUID

from coursify.modules.enrollments.policies import can_open_lesson
from coursify.modules.playback.errors import LessonHasNoVideo, PlaybackRefused, VideoNotReady
from coursify.modules.playback.models import LessonVideo, Stream


def require_stream(stream: Stream | None, *, must_have_factor: bool) -> Stream:
    """The same rule as for opening the lesson, now, and the sign-in is alive. Raises PlaybackRefused."""
    if stream is None or (stream.user_id is not None and not stream.is_signed_in):
        raise PlaybackRefused
    if not can_open_lesson(stream.caller(must_have_factor=must_have_factor), stream):
        raise PlaybackRefused
    return stream


def require_playable(video: LessonVideo | None) -> UUID:
    """The asset to play. Raises LessonHasNoVideo, or VideoNotReady while the first video is uploaded or prepared."""
    if video is None:
        raise LessonHasNoVideo
    if video.asset_id is None:
        raise VideoNotReady
    return video.asset_id
