"""Assets as rows, and what is always true of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.modules.media.store import DirectUpload, UploadPart

AssetKind = Literal["image", "video", "attachment"]
AssetStatus = Literal["uploading", "processing", "ready", "rejected", "released"]

UPLOAD_LIFETIME = timedelta(hours=24)
SEGMENT_SECONDS = 6
SEGMENTS_PER_KEY = 5


@dataclass(frozen=True, slots=True)
class Asset:
    """`path` is its folder in the store. The status only moves forward."""

    id: UUID
    owner_id: UUID
    kind: AssetKind
    status: AssetStatus
    path: str
    filename: str
    content_type: str
    size_bytes: int
    progress: int
    reason: str | None
    direct_upload: str | None
    image_hash: str | None
    hls_folder: str | None
    duration_seconds: int | None
    created_at: datetime
    expires_at: datetime | None
    processing_at: datetime | None
    ready_at: datetime | None
    released_at: datetime | None

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    @property
    def original(self) -> str:
        """Where the uploaded bytes of a video or attachment are. A store may treat the two differently."""
        return f"{self.path}/{'original' if self.kind == 'video' else 'file'}"

    def segment(self, rendition: str, number: int) -> str:
        """Where an encrypted segment is."""
        return f"{self.path}/{self.hls_folder}/{rendition}/{number:05d}.ts"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where the bytes of a new upload go; `direct` is None when they are sent to the application."""

    asset: Asset
    token: str
    direct: DirectUpload | None

    @property
    def part_count(self) -> int:
        """How many parts the file has; 0 where it is not sent in parts."""
        part_size = self.direct.part_size if self.direct else 0
        return -(-self.asset.size_bytes // part_size) if part_size else 0


@dataclass(frozen=True, slots=True)
class UploadState:
    """An upload, and how many of its bytes have arrived."""

    asset: Asset
    offset: int


@dataclass(frozen=True, slots=True)
class PartsPage:
    """`next_number` is the first part of the next page, or None."""

    parts: list[UploadPart]
    next_number: int | None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person's files take: those that are being uploaded count with the size that was announced."""

    open_uploads: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Rendition:
    """One resolution of a video; `segment_milliseconds[n]` is the length of segment n, `bandwidth` bits per second."""

    asset_id: UUID
    name: str
    width: int
    height: int
    bandwidth: int
    codecs: str
    segment_milliseconds: list[int]


@dataclass(frozen=True, slots=True)
class SegmentKey:
    """The sealed AES-128 key of the segments `number × 5` to `number × 5 + 4` of every rendition."""

    id: UUID
    asset_id: UUID
    number: int
    sealed_key: bytes


@dataclass(frozen=True, slots=True)
class Captions:
    asset_id: UUID
    language: str
    content: str
    created_at: datetime
