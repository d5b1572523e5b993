"""Uploads on the wire."""

from __future__ import annotations

from typing import Literal

from coursify.core.schema import Input, Output, QueryNumber
from coursify.modules.media.models import PartsPage, Transfer
from coursify.modules.media.store import UploadPart


class PartsQuery(Input):
    """The parts from `first` to `last`; an answer has at most 100."""

    first: QueryNumber
    last: QueryNumber


class UploadPartOut(Output):
    """`PUT` the bytes of this part to `url`."""

    number: int
    url: str


class PartsOut(Output):
    """`nextParts` is the address of the next page."""

    parts: list[UploadPartOut]
    next_parts: str | None

    @classmethod
    def of(cls, page: PartsPage, *, last: int, door: str) -> PartsOut:
        return cls(parts=parts_of(page.parts), next_parts=next_parts(page, last=last, door=door))


class UploadOut(Output):
    """A new upload, which exists already. Its addresses need no access token, and nobody can guess them.

    `tus`: send the file to `uploadUrl` with any client of tus 1.0. `s3-multipart`: `PUT` pieces of `partSize` bytes to
    the addresses of `parts` and `nextParts`, then `POST` to `completeUrl`. `cloudinary`: send a form with `fields` and
    `file` to `uploadUrl`, then `POST` to `completeUrl`. `DELETE` at `abortUrl` gives the upload up.
    """

    protocol: Literal["tus", "s3-multipart", "cloudinary"]
    upload_url: str | None = None
    fields: dict[str, str] | None = None
    part_size: int | None = None
    parts: list[UploadPartOut] | None = None
    next_parts: str | None = None
    complete_url: str | None = None
    abort_url: str

    @classmethod
    def of(cls, transfer: Transfer, page: PartsPage | None, *, door: str) -> UploadOut:
        direct = transfer.direct
        if direct is None:
            return cls(protocol="tus", upload_url=door, abort_url=door)
        if page is None:
            url, fields = direct.url, dict(direct.fields)
            return cls(
                protocol=direct.protocol, upload_url=url, fields=fields, complete_url=f"{door}/complete", abort_url=door
            )
        return cls(
            protocol=direct.protocol,
            part_size=direct.part_size,
            parts=parts_of(page.parts),
            next_parts=next_parts(page, last=transfer.part_count, door=door),
            complete_url=f"{door}/complete",
            abort_url=door,
        )


def door_of(public_url: str, token: str) -> str:
    """The address of an upload."""
    return f"{public_url}/media/uploads/{token}"


def parts_of(parts: list[UploadPart]) -> list[UploadPartOut]:
    return [UploadPartOut(number=part.number, url=part.url) for part in parts]


def next_parts(page: PartsPage, *, last: int, door: str) -> str | None:
    return f"{door}/parts?first={page.next_number}&last={last}" if page.next_number else None
