"""Encrypted segments: public, unguessable and immutable, so that any CDN may keep them. The key is the gate."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response

from coursify.core.errors import NotFound
from coursify.core.http import StreamRouter, streamed
from coursify.core.policy import Policy, Who
from coursify.modules.media.store import ObjectMissing
from coursify.modules.playback.controllers.streams import RenditionName
from coursify.modules.playback.guards import WithPlayback, require_plain_address

router = StreamRouter(tag="playback", prefix="/media")

SEGMENT = "video/mp2t"
# Players of any origin may read what is encrypted.
_SHARED = {"Access-Control-Allow-Origin": "*"}
_IMMUTABLE = _SHARED | {"Cache-Control": "public, max-age=31536000, immutable"}
# A store's own address is signed for longer than it is cached.
_ADDRESS_SECONDS, _REDIRECT_SECONDS = 3_600, 600
_REDIRECT = _SHARED | {"Cache-Control": f"public, max-age={_REDIRECT_SECONDS}"}

AssetPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32}$")]
Folder = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SegmentName = Annotated[str, Path(pattern=r"^[0-9]{5,6}\.ts$")]


@router.get(
    "/segments/{path}/{folder}/{rendition}/{segment}",
    operation_id="get_segment",
    policy=Policy(
        Who.ANYONE, rule="who has the address; the bytes are encrypted", rate="stream", ignores_credential=True
    ),
    response_model=None,
    response_class=Response,
    responses=streamed(SEGMENT) | {307: {"description": "The address of the store."}},
)
async def get_segment(
    request: Request,
    path: AssetPath,
    folder: Folder,
    rendition: RenditionName,
    segment: SegmentName,
    resources: WithPlayback,
) -> Response:
    """Six seconds of a video, encrypted."""
    require_plain_address(request)
    if not await resources.ready_folders.has(path, folder):
        raise NotFound
    stored = f"{path}/{folder}/{rendition}/{segment}"
    if prefix := resources.accel_prefix:
        return Response(headers=_IMMUTABLE | {"X-Accel-Redirect": prefix + stored}, media_type=SEGMENT)
    if address := await resources.media.address(stored, seconds=_ADDRESS_SECONDS):
        return Response(status_code=307, headers=_REDIRECT | {"Location": address})
    return Response(await _read(resources, stored), media_type=SEGMENT, headers=_IMMUTABLE)


async def _read(resources: WithPlayback, stored: str) -> bytes:
    try:
        return b"".join([chunk async for chunk in resources.media.read(stored)])
    except ObjectMissing as error:
        raise NotFound from error
