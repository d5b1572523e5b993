"""Does this stream go on? Pure; deny by default."""

from __future__ import annotations

from uuid import UUID

from coursify.modules.enrollments.policies import can_open_lesson
from coursify.modules.playback.errors import LessonHasNoVideo, PlaybackRefused, VideoNotReady
from coursify.modules.playback.models import LessonVideo, Stream


def require_stream(stream: Stream | None, *, must_have_factor: bool) -> Stream:
    """Raises PlaybackRefused."""
    if stream is None or not can_go_on(stream, must_have_factor=must_have_factor):
        raise PlaybackRefused
    return stream


def can_go_on(stream: Stream, *, must_have_factor: bool) -> bool:
    """The same rule as for opening the lesson, now, and the sign-in is alive."""
    if stream.user_id is not None and not stream.is_signed_in:
        return False
    return can_open_lesson(stream.caller(must_have_factor=must_have_factor), stream)


def require_playable(video: LessonVideo | None) -> UUID:
    """The asset to play. Raises LessonHasNoVideo, or VideoNotReady while the first video is uploaded or prepared."""
    if video is None:
        raise LessonHasNoVideo
    if video.asset_id is None:
        raise VideoNotReady
    return video.asset_id
