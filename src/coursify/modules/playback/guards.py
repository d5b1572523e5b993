"""What the controllers of playback get: the resources, whose slots count, and the session of a signed address."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from coursify.core.crypto import derive
from coursify.core.http import ClientAddress, MaybeSignedIn, resources_of
from coursify.modules.playback.errors import PlaybackRefused
from coursify.modules.playback.models import Stream
from coursify.modules.playback.services.open_playback import Player
from coursify.modules.playback.services.pass_gate import pass_gate
from coursify.modules.playback.services.take_slot import take_slot
from coursify.modules.playback.slots import PlaybackResources

_FORBIDDEN = ("%", "..", "//", ";", "\\")


async def _resources(request: Request) -> PlaybackResources:
    return resources_of(request, PlaybackResources)


WithPlayback = Annotated[PlaybackResources, Depends(_resources)]


async def _player(request: Request, resources: WithPlayback, caller: MaybeSignedIn, address: ClientAddress) -> Player:
    """Without a sign-in the slots of the address count; only its keyed hash is stored."""
    hashed = derive(resources.settings.keys.server_key, "playback address", address).hex()[:32]
    account = str(caller.user_id) if caller else f"address:{hashed}"
    return Player(caller, account, request.headers.get("user-agent", ""))


async def _signed_playback_id(request: Request, resources: WithPlayback) -> UUID:
    """The session of the address. It has one spelling: escapes, a query or a second slash are refused."""
    require_plain_address(request)
    token = str(request.path_params["token"])
    playback_id = resources.tokens.read(token, now=resources.clock.wall())
    if playback_id is None:
        raise PlaybackRefused
    return playback_id


def require_plain_address(request: Request) -> None:
    """The path as it was sent and as it was decoded, once. Raises PlaybackRefused for what our addresses never have."""
    sent = request.scope.get("raw_path", b"").partition(b"?")[0]
    path = request.scope["path"]
    if b"%" in sent or any(mark in path for mark in _FORBIDDEN) or request.scope["query_string"]:
        raise PlaybackRefused


SignedPlaybackId = Annotated[UUID, Depends(_signed_playback_id)]


async def _stream(resources: WithPlayback, playback_id: SignedPlaybackId) -> Stream:
    return await pass_gate(
        resources.database,
        playback_id=playback_id,
        must_have_factor=resources.must_have_factor,
        now=resources.clock.wall(),
    )


async def _playing_stream(resources: WithPlayback, playback_id: SignedPlaybackId) -> Stream:
    return await play(resources, playback_id)


async def play(resources: PlaybackResources, playback_id: UUID) -> Stream:
    """The stream that goes on, with its slot taken or renewed. Raises PlaybackRefused or TooManyStreams."""
    stream = await _stream(resources, playback_id)
    await take_slot(
        resources.database, slots=resources.slots, session=stream, must_have_factor=resources.must_have_factor
    )
    return stream


WithPlayer = Annotated[Player, Depends(_player)]
# A stream that goes on: the gate has been asked.
OpenStream = Annotated[Stream, Depends(_stream)]
# One that also has a slot.
PlayingStream = Annotated[Stream, Depends(_playing_stream)]
