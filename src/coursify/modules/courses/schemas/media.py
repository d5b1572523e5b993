"""Videos and attachments of lessons that the API returns."""

from __future__ import annotations

from uuid import UUID

from coursify.core.schema import Moment, Output
from coursify.modules.courses.models.media import LessonAttachment, LessonVideo, VideoStatus


class CaptionsLanguage(Output):
    language: str


class LessonVideoOut(Output):
    """The newest video of a lesson. `progress` is in percent, and `reason` says why it was rejected."""

    status: VideoStatus
    progress: int
    duration_seconds: int | None
    captions: list[CaptionsLanguage]
    reason: str | None

    @classmethod
    def of(cls, video: LessonVideo) -> LessonVideoOut:
        return cls(
            status=video.status,
            progress=video.progress,
            duration_seconds=video.duration_seconds,
            captions=[CaptionsLanguage(language=language) for language in video.languages],
            reason=video.reason,
        )


class AttachmentOut(Output):
    """A file of a lesson. `url` sends it to those who may open the lesson."""

    id: UUID
    filename: str
    type: str
    size: int
    url: str
    created_at: Moment

    @classmethod
    def of(cls, attachment: LessonAttachment, course_id: UUID) -> AttachmentOut:
        return cls(
            id=attachment.id,
            filename=attachment.filename,
            type=attachment.content_type,
            size=attachment.size_bytes,
            url=f"/media/courses/{course_id}/lessons/{attachment.lesson_id}/attachments/{attachment.id}",
            created_at=attachment.created_at,
        )


def playback_url(course_id: UUID, lesson_id: UUID) -> str:
    """Where a playback of the lesson's video begins."""
    return f"/api/v1/courses/{course_id}/lessons/{lesson_id}/playback"
