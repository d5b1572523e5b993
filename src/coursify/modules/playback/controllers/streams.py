"""The playlists, captions, poster and keys of a session. Every one asks the gate; only a key takes a slot."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from coursify.core.errors import NotFound
from coursify.core.http import StreamRouter, failures, streamed
from coursify.core.policy import Policy, Who
from coursify.modules.media.store import ObjectMissing
from coursify.modules.playback.errors import PlaybackRefused, TooManyStreams
from coursify.modules.playback.guards import OpenStream, SignedPlaybackId, WithPlayback
from coursify.modules.playback.playlists import captions_playlist, time_captions
from coursify.modules.playback.services.find_captions import find_captions
from coursify.modules.playback.services.open_key import open_key
from coursify.modules.playback.services.render_master import render_master
from coursify.modules.playback.services.render_rendition import render_rendition

router = StreamRouter(tag="playback", prefix="/media")

PLAYLIST = "application/vnd.apple.mpegurl"
PRIVATE = {"Cache-Control": "private, no-store"}
STREAM = Policy(Who.ANYONE, rule="who has the address, while access is open", rate="stream", ignores_credential=True)

Language = Annotated[str, Path(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$", max_length=35)]
RenditionName = Annotated[str, Path(pattern=r"^[0-9]{3,4}p$")]
# One spelling for each number: no leading zero.
KeyNumber = Annotated[str, Path(pattern=r"^(0|[1-9][0-9]{0,5})$")]


@router.get_and_head(
    "/playback/{token}/index.m3u8",
    operation_id="get_master_playlist",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed(PLAYLIST) | failures(PlaybackRefused),
)
async def get_master_playlist(token: str, stream: OpenStream, resources: WithPlayback) -> Response:
    """The renditions and captions of the video (HLS)."""
    text = await render_master(resources.database, asset_id=stream.asset_id)
    return Response(text, media_type=PLAYLIST, headers=PRIVATE)


@router.get_and_head(
    "/playback/{token}/{rendition}.m3u8",
    operation_id="get_rendition_playlist",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed(PLAYLIST) | failures(PlaybackRefused),
)
async def get_rendition_playlist(
    token: str, rendition: RenditionName, stream: OpenStream, resources: WithPlayback
) -> Response:
    """The segments of one rendition, and where the key of each is."""
    segments_url = f"{resources.settings.media_url}/segments"
    text = await render_rendition(
        resources.database, asset_id=stream.asset_id, name=rendition, segments_url=segments_url
    )
    return Response(text, media_type=PLAYLIST, headers=PRIVATE)


@router.get_and_head(
    "/playback/{token}/captions/{language}.m3u8",
    operation_id="get_captions_playlist",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed(PLAYLIST) | failures(PlaybackRefused),
)
async def get_captions_playlist(
    token: str, language: Language, stream: OpenStream, resources: WithPlayback
) -> Response:
    """The captions of one language, as HLS lists them."""
    await find_captions(resources.database, asset_id=stream.asset_id, language=language)
    text = captions_playlist(language, seconds=stream.duration_seconds or 1)
    return Response(text, media_type=PLAYLIST, headers=PRIVATE)


@router.get_and_head(
    "/playback/{token}/captions/{language}.vtt",
    operation_id="get_captions",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed("text/vtt") | failures(PlaybackRefused),
)
async def get_captions(token: str, language: Language, stream: OpenStream, resources: WithPlayback) -> Response:
    """The captions of one language (WebVTT)."""
    stored = await find_captions(resources.database, asset_id=stream.asset_id, language=language)
    text = time_captions(stored) if stream.hls_folder else stored
    return Response(text, media_type="text/vtt", headers=PRIVATE)


@router.get_and_head(
    "/playback/{token}/poster.webp",
    operation_id="get_poster",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed("image/webp") | failures(PlaybackRefused),
)
async def get_poster(token: str, stream: OpenStream, resources: WithPlayback) -> Response:
    """The picture to show before the video plays."""
    try:
        picture = b"".join([chunk async for chunk in resources.media.read(f"{stream.path}/poster.webp")])
    except ObjectMissing as error:
        raise NotFound from error
    return Response(picture, media_type="image/webp", headers=PRIVATE)


@router.get(
    "/playback/{token}/keys/{number}",
    operation_id="get_key",
    policy=STREAM,
    response_model=None,
    response_class=Response,
    responses=streamed("application/octet-stream") | failures(PlaybackRefused, TooManyStreams),
)
async def get_key(token: str, number: KeyNumber, playback_id: SignedPlaybackId, resources: WithPlayback) -> Response:
    """The 16 bytes that decrypt five segments. Refused from the second in which access ends."""
    key = await open_key(
        resources.database,
        slots=resources.slots,
        sealer=resources.sealer,
        playback_id=playback_id,
        number=int(number),
        must_have_factor=resources.must_have_factor,
        now=resources.clock.wall(),
    )
    return Response(key, media_type="application/octet-stream", headers=PRIVATE)
