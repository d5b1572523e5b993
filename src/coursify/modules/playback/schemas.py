"""Playback in the API. No other response has an address below /media/playback."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from coursify.core.schema import Moment, Output
from coursify.modules.playback.models import OpenedPlayback, Viewer
from coursify.modules.playback.viewer_marks import show_mark


class CaptionsOut(Output):
    language: str
    url: str


class PlaybackOut(Output):
    """`resumeAt` is in seconds. Draw `viewerMark` over the picture. Captions are also in the playlist of `hls`."""

    id: UUID
    url: str
    type: Literal["hls", "file"]
    expires_at: Moment
    resume_at: int
    viewer_mark: str
    poster_url: str | None
    captions: list[CaptionsOut]

    @classmethod
    def of(cls, opened: OpenedPlayback, *, base_url: str) -> PlaybackOut:
        """`base_url` is the signed address of the session."""
        return cls(
            id=opened.session.id,
            url=f"{base_url}/index.m3u8" if opened.is_hls else f"{base_url}/file",
            type="hls" if opened.is_hls else "file",
            expires_at=opened.session.expires_at,
            resume_at=opened.resume_at,
            viewer_mark=show_mark(opened.session.viewer_mark),
            poster_url=f"{base_url}/poster.webp" if opened.is_hls else None,
            captions=[
                CaptionsOut(language=language, url=f"{base_url}/captions/{language}.vtt")
                for language in opened.languages
            ],
        )


class ViewerUser(Output):
    id: UUID
    name: str | None
    email: str | None


class ViewerOut(Output):
    """Who played under a mark. `user` is null for a preview without a sign-in."""

    viewer_mark: str
    playback_id: UUID
    user: ViewerUser | None
    course_id: UUID
    lesson_id: UUID
    device: str
    started_at: Moment
    ended_at: Moment | None

    @classmethod
    def of(cls, viewer: Viewer) -> ViewerOut:
        user = ViewerUser(id=viewer.user_id, name=viewer.name, email=viewer.email) if viewer.user_id else None
        return cls(
            viewer_mark=show_mark(viewer.viewer_mark),
            playback_id=viewer.id,
            user=user,
            course_id=viewer.course_id,
            lesson_id=viewer.lesson_id,
            device=viewer.device,
            started_at=viewer.created_at,
            ended_at=viewer.ended_at,
        )
