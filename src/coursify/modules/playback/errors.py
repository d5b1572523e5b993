"""Errors of playing."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, NotFound


class LessonHasNoVideo(NotFound):
    code, message = "lesson_has_no_video", "This lesson has no video."


class VideoNotReady(Conflict):
    code, message = "video_not_ready", "The video of this lesson is being prepared. Try again in a few minutes."
    remedy = "Ask again later."
    is_final = False


class TooManyStreams(Conflict):
    code, message = "too_many_streams", "Your account is playing on as many devices as it may. End one of them."
    remedy = "Show the devices of `details`, and end one with `DELETE /playback/{id}`; an unused one ends after 90 s."
    is_final = False


class PlaybackRefused(Forbidden):
    code, message = "playback_refused", "This address does not play, or no longer."
    remedy = "Ask for a new address with `POST /courses/{id}/lessons/{lessonId}/playback`."
    is_final = False


class PlaybackNotFound(NotFound):
    code, message = "playback_not_found", "Playback session not found."


class ViewerMarkNotFound(NotFound):
    code, message = "viewer_mark_not_found", "No playback session of the last 30 days has this mark."
