"""Encrypted segments: public, unguessable and immutable, so that any CDN may keep them. The key is the gate."""

from __future__ import annotations

import re

from fastapi import Request, Response

from coursify.core.errors import NotFound
from coursify.core.http import StreamRouter, failures, streamed
from coursify.core.http.local_files import LocalFile
from coursify.core.policy import Policy, Who
from coursify.modules.media.store import ObjectMissing
from coursify.modules.playback.errors import PlaybackRefused
from coursify.modules.playback.guards import WithPlayback, require_plain_address
from coursify.modules.playback.slots import PlaybackResources

router = StreamRouter(tag="playback", prefix="/media")

SEGMENT = "video/mp2t"
# Players of any origin may read what is encrypted.
_SHARED = {"Access-Control-Allow-Origin": "*"}
_IMMUTABLE = _SHARED | {"Cache-Control": "public, max-age=31536000, immutable"}
# A store's own address is signed for longer than it is cached.
_ADDRESS_SECONDS, _REDIRECT_SECONDS = 3_600, 600
_REDIRECT = _SHARED | {"Cache-Control": f"public, max-age={_REDIRECT_SECONDS}"}

# <folder of the asset>/<folder of its renditions>/<rendition>/<number>.ts
_SEGMENT = re.compile(r"([A-Za-z0-9_-]{32})/([A-Za-z0-9_-]{1,64})/[0-9]{3,4}p/[0-9]{5,6}\.ts", re.ASCII)


@router.get_and_head(
    "/segments/{path:path}",
    operation_id="get_segment",
    policy=Policy(
        Who.ANYONE, rule="who has the address; the bytes are encrypted", rate="stream", ignores_credential=True
    ),
    response_model=None,
    response_class=Response,
    responses=streamed(SEGMENT) | failures(PlaybackRefused) | {307: {"description": "The address of the store."}},
)
async def get_segment(request: Request, path: str, resources: WithPlayback) -> Response:
    """Six seconds of a video, encrypted."""
    require_plain_address(request)
    found = _SEGMENT.fullmatch(path)
    if found is None or not await resources.ready_folders.has(found[1], found[2]):
        raise NotFound
    if prefix := resources.accel_prefix:
        return Response(headers=_IMMUTABLE | {"X-Accel-Redirect": prefix + path}, media_type=SEGMENT)
    if address := await resources.media.address(path, seconds=_ADDRESS_SECONDS):
        return Response(status_code=307, headers=_REDIRECT | {"Location": address})
    return await _read(resources, path)


async def _read(resources: PlaybackResources, stored: str) -> Response:
    try:
        if file := resources.find_local_file(stored):
            return LocalFile(file, media_type=SEGMENT, headers=_IMMUTABLE)
        content = b"".join([chunk async for chunk in resources.media.read(stored)])
    except (FileNotFoundError, ObjectMissing) as error:
        raise NotFound from error
    return Response(content, media_type=SEGMENT, headers=_IMMUTABLE)
