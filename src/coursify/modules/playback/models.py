"""Playback sessions as rows, and what decides whether a stream goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.caller import Caller, Role
from coursify.modules.enrollments.models import LessonAccess

PLAYBACK_LIFETIME = timedelta(hours=12)
# A session keeps its slot for so long after its last key or range.
SLOT_LIFETIME = timedelta(seconds=90)
# How long a viewer mark can be resolved after its session has ended.
RETENTION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PlaybackSession:
    """`account` is whose slots it takes. `user_id` is None for a preview without a sign-in."""

    id: UUID
    user_id: UUID | None
    account: str
    lesson_id: UUID
    asset_id: UUID
    viewer_mark: str
    device: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LessonVideo:
    """The video of a lesson. `asset_id` is None until the first one is ready."""

    asset_id: UUID | None
    hls_folder: str | None


@dataclass(frozen=True, slots=True)
class OpenedPlayback:
    """A new session, and what the player needs beside its address."""

    session: PlaybackSession
    is_hls: bool
    languages: list[str]
    resume_at: int


@dataclass(frozen=True, slots=True)
class Stream(LessonAccess):
    """A session that has not ended, whose lesson still has its asset, with what decides whether it goes on."""

    id: UUID
    user_id: UUID | None
    sign_in_id: UUID | None
    account: str
    is_signed_in: bool
    role: Role | None
    has_second_factor: bool
    is_email_verified: bool
    authenticated_at: datetime | None
    asset_id: UUID
    path: str
    hls_folder: str | None
    content_type: str
    size_bytes: int
    duration_seconds: int | None
    ready_at: datetime | None
    key_id: UUID | None
    sealed_key: bytes | None

    @property
    def original(self) -> str:
        """Where the bytes of a video are that is served as it was uploaded."""
        return f"{self.path}/original"

    def caller(self, *, must_have_factor: bool) -> Caller | None:
        """Who plays. An admin without a required second factor has the role of a student."""
        if self.user_id is None or self.sign_in_id is None or self.role is None or self.authenticated_at is None:
            return None
        is_limited = must_have_factor and self.role == "admin" and not self.has_second_factor
        return Caller(
            user_id=self.user_id,
            session_id=self.sign_in_id,
            role="student" if is_limited else self.role,
            is_email_verified=self.is_email_verified,
            authenticated_at=self.authenticated_at,
        )


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whom a viewer mark leads to: the session and, unless it was anonymous, the person."""

    id: UUID
    viewer_mark: str
    user_id: UUID | None
    name: str | None
    email: str | None
    course_id: UUID
    lesson_id: UUID
    device: str
    created_at: datetime
    ended_at: datetime | None
