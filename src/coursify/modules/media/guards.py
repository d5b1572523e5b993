"""What the controllers of media ask of a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.requests import ClientDisconnect

from coursify.core.errors import AppError, BodyIncomplete
from coursify.core.http import resources_of
from coursify.core.policy import KIB
from coursify.core.settings import MediaSettings
from coursify.modules.media.errors import TusBodyUnsupported, TusVersionUnsupported
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.store import MediaResources, MediaStore
from coursify.modules.media.tus import BODY_TYPE, VERSION

# The settings limit the files of an upload; this is the most that they may allow a form to have.
LARGEST_FORM_BYTES = 102_400 * KIB
# The largest video or attachment of a form, and the form around it; larger videos are uploaded in pieces.
LARGEST_FORM_FILE = 200 * 1_024 * KIB
LARGEST_FILE_FORM_BYTES = LARGEST_FORM_FILE + 1_024 * KIB
TUS_HEADERS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


async def _store(request: Request) -> MediaStore:
    return resources_of(request, MediaResources).media


async def _scratch(request: Request) -> Scratch:
    return Scratch(resources_of(request, MediaResources).settings.media.media_scratch_folder)


async def _limits(request: Request) -> MediaSettings:
    return resources_of(request, MediaResources).settings.media


WithStore = Annotated[MediaStore, Depends(_store)]
WithScratch = Annotated[Scratch, Depends(_scratch)]
WithLimits = Annotated[MediaSettings, Depends(_limits)]
UploadToken = Annotated[str, Path(max_length=100)]


@contextmanager
def tus_answers() -> Iterator[None]:
    """Every answer of tus has its version, errors too."""
    try:
        yield
    except AppError as error:
        error.headers = TUS_HEADERS | error.headers
        raise


def require_tus(request: Request) -> None:
    """Raises TusVersionUnsupported with the version that is."""
    if request.headers.get("tus-resumable") != VERSION:
        raise TusVersionUnsupported(headers={"Tus-Version": VERSION})


def require_tus_body(request: Request) -> None:
    """Raises TusBodyUnsupported."""
    is_encoded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if is_encoded or request.headers.get("content-type", "").lower().strip() != BODY_TYPE:
        raise TusBodyUnsupported


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises BodyIncomplete when the connection breaks."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise BodyIncomplete from error


def declared_length(request: Request) -> int | None:
    """Content-Length, which the server has compared with the body; None for a chunked one."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdigit() else None
