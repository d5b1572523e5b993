"""The media of lessons as rows: videos and attachments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict
from uuid import UUID

from coursify.core.caller import Caller

VideoStatus = Literal["uploading", "processing", "ready", "rejected"]

MAX_ATTACHMENTS = 50
MAX_CAPTIONS = 50


@dataclass(frozen=True, slots=True)
class LessonVideo:
    """The video of a lesson as its author sees it: the newest one, also while it arrives or when it was rejected.

    `asset_id` is the one that is played, `next_asset_id` the one that replaces it when it is ready.
    """

    lesson_id: UUID
    asset_id: UUID | None
    next_asset_id: UUID | None
    status: VideoStatus
    progress: int
    duration_seconds: int | None
    reason: str | None
    languages: list[str]

    @property
    def newest_asset_id(self) -> UUID:
        newest = self.next_asset_id or self.asset_id
        if newest is None:
            raise AssertionError("a row has one of the two")
        return newest


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """Where a video belongs."""

    lesson_id: UUID
    course_id: UUID
    is_lesson_deleted: bool


@dataclass(frozen=True, slots=True)
class LessonAttachment:
    """A file of a lesson; `path` is its folder in the store."""

    id: UUID
    lesson_id: UUID
    asset_id: UUID
    filename: str
    content_type: str
    size_bytes: int
    path: str
    created_at: datetime

    @property
    def original(self) -> str:
        """Where its bytes are."""
        return f"{self.path}/file"


class OwnLesson(TypedDict):
    """Who changes the media of which lesson."""

    caller: Caller
    course_id: UUID
    lesson_id: UUID


class VideoFields(TypedDict):
    """What a client says of a video that it will send."""

    filename: str
    content_type: str
    size: int
