"""What media needs from a store of bytes: one Protocol, and the facts and errors that cross it.

A path is made by us: `<folder>/<name>`, of letters, digits, `_`, `-`, `.` and `/` alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from coursify.core.errors import BadRequest, Unavailable
from coursify.core.resources import CoreResources

ImageSize = Literal["small", "medium", "large"]
# The longest side of each size, in pixels.
IMAGE_SIZES: dict[ImageSize, int] = {"small": 320, "medium": 640, "large": 1_280}
LARGEST_FIRST: tuple[ImageSize, ...] = ("large", "medium", "small")
StoreName = Literal["local", "s3", "cloudinary"]


class StoreUnavailable(Unavailable):
    """The store gave no usable answer, or has no room. `reason` is for logs, never for clients."""

    code = "media_store_unavailable"
    message = "The file could not be stored or read right now. Please try again in a moment."

    def __init__(self, reason: str) -> None:
        super().__init__(retry_after=5)
        self.reason = reason


class ContentRefused(StoreUnavailable):
    """The store does not accept these bytes, so it is no use to try again."""


class NotificationRefused(BadRequest):
    code, message = "notification_refused", "The signature of this notification is missing, wrong or too old."
    remedy = "Only the store of media calls this. Check that its account is the one of CLOUDINARY_URL."


class ObjectMissing(Exception):
    """The store has no object under this path."""


class UploadIncomplete(Exception):
    """The store has not received every byte of a direct upload."""


def picture_path(path: str, size: ImageSize) -> str:
    """Where one size of the picture `<folder>/<hash>` is."""
    return f"{path}-{size}.webp"


@dataclass(frozen=True, slots=True)
class StoredObject:
    path: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class UploadPart:
    """One part of a multipart upload: `PUT` its bytes to `url`."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class DirectUpload:
    """An upload that goes from the client straight to the store. `id` is the store's own, for its later calls.

    `s3-multipart`: parts of `part_size` bytes, each to an address of `part_addresses`. `cloudinary`: one form with
    `fields` and `file`, sent to `url`.
    """

    protocol: Literal["s3-multipart", "cloudinary"]
    id: str
    part_size: int = 0
    url: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class MediaStore(Protocol):
    """Every method raises StoreUnavailable when the store does not answer.

    The sizes of a picture are put in the order of LARGEST_FIRST: a store that scales pictures needs the first alone.
    """

    name: StoreName

    async def put(self, path: str, source: bytes | Path, *, content_type: str) -> None:
        """Store an object. It is visible when it is complete, and replaces another one. A file is left in place.

        Raises ContentRefused where a store looks at what it stores.
        """
        ...

    async def put_moved(self, path: str, source: Path, *, content_type: str) -> None:
        """As `put`, and the file is gone afterwards."""
        ...

    def read(self, path: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start`. Raises ObjectMissing before the first chunk."""
        ...

    async def size(self, path: str) -> int:
        """Raises ObjectMissing."""
        ...

    async def download(self, path: str, target: Path) -> None:
        """Write the object into a file. Raises ObjectMissing."""
        ...

    async def list_objects(self, folder: str) -> list[StoredObject]:
        """Every object below `folder`; the empty name lists all."""
        ...

    async def delete_folder(self, folder: str) -> None:
        """Delete every object below `folder`; none is no error."""
        ...

    async def address(self, path: str, *, seconds: int, filename: str | None = None) -> str | None:
        """A signed address of the store itself, or None where the application sends the bytes.

        `filename`: the store sends it with `Content-Disposition: attachment`.
        """
        ...

    async def open_direct_upload(self, path: str, *, size: int, content_type: str) -> DirectUpload | None:
        """None where clients upload to the application (tus)."""
        ...

    async def part_addresses(self, path: str, upload_id: str, numbers: Sequence[int]) -> list[UploadPart]:
        """Empty where an upload has no parts."""
        ...

    async def complete_direct_upload(self, path: str, upload_id: str) -> None:
        """Make one object of the parts. Raises UploadIncomplete. May run twice."""
        ...

    async def abort_direct_upload(self, path: str, upload_id: str) -> None:
        """Forget the parts. May run twice."""
        ...

    def uploaded_path(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> str | None:
        """The path of the object that a notification of the store reports as uploaded; None for other notifications.

        It is a hint: ask the store before you believe it. Raises NotificationRefused when the store has not signed it,
        and NotFound where a store sends none.
        """
        ...

    async def check(self) -> None:
        """Write, read and delete a small object. Raises StoreUnavailable with what is wrong."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class MediaResources(CoreResources):
    media: MediaStore
