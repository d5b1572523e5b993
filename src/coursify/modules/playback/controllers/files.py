"""A video that is served as it was uploaded: whole or by byte range; the gate is asked for each."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from coursify.core.errors import NotFound, RangeNotSatisfiable
from coursify.core.http import StreamRouter, failures, streamed
from coursify.core.http.byte_ranges import ServedFile, ServedRange, choose_range
from coursify.modules.media.store import ObjectMissing
from coursify.modules.playback.controllers.streams import PRIVATE, STREAM
from coursify.modules.playback.errors import PlaybackRefused, TooManyStreams
from coursify.modules.playback.guards import PlayingStream, SignedPlaybackId, WithPlayback, play
from coursify.modules.playback.models import Stream
from coursify.modules.playback.services.read_while_open import read_while_open
from coursify.modules.playback.slots import PlaybackResources

router = StreamRouter(tag="playback", prefix="/media")

_DOCUMENTED = failures(PlaybackRefused, TooManyStreams, RangeNotSatisfiable)


@router.get(
    "/playback/{token}/file",
    operation_id="get_file",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed("video/mp4", 200, 206) | _DOCUMENTED,
)
async def get_file(
    request: Request, token: str, playback_id: SignedPlaybackId, stream: PlayingStream, resources: WithPlayback
) -> Response:
    """The file, or the byte range that is asked for. While it is sent, the gate is asked once a second."""
    chosen = choose_range(request, _served(stream))
    if prefix := resources.accel_prefix:
        redirect = {"X-Accel-Redirect": prefix + stream.original}
        return Response(headers=PRIVATE | redirect, media_type=stream.content_type)
    pieces = _read(resources, stream, chosen, playback_id)
    return StreamingResponse(await _begun(pieces), status_code=chosen.status, headers=chosen.headers | PRIVATE)


@router.head(
    "/playback/{token}/file",
    operation_id="head_file",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed("video/mp4") | failures(PlaybackRefused, TooManyStreams),
)
async def head_file(request: Request, token: str, stream: PlayingStream) -> Response:
    """The size and type of the file."""
    return Response(headers=choose_range(request, _served(stream)).headers | PRIVATE)


def _served(stream: Stream) -> ServedFile:
    """Raises NotFound for a video that is played as HLS: its upload is given to nobody."""
    if stream.hls_folder is not None or stream.ready_at is None:
        raise NotFound
    etag = f'"{hashlib.sha256(stream.path.encode()).hexdigest()[:32]}"'
    return ServedFile(stream.size_bytes, stream.content_type, etag, stream.ready_at)


def _read(resources: PlaybackResources, stream: Stream, chosen: ServedRange, playback_id: UUID) -> AsyncIterator[bytes]:
    return read_while_open(
        resources.media,
        stream.original,
        start=chosen.start,
        length=chosen.length,
        check=lambda: play(resources, playback_id),
    )


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, of which the first has been read: a file that is missing is NotFound, not a broken response."""
    try:
        first = await anext(pieces, b"")
    except ObjectMissing as error:
        raise NotFound from error
    return _prepended(first, pieces)


async def _prepended(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
