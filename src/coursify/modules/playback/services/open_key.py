"""A player asks for the key of the next five segments: the moment at which access counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.errors import NotFound
from coursify.modules.media.services.open_segment_key import open_segment_key
from coursify.modules.playback.services.pass_gate import pass_gate
from coursify.modules.playback.services.take_slot import take_slot
from coursify.modules.playback.slots import Slots


async def open_key(
    database: Database,
    *,
    slots: Slots,
    sealer: Sealer,
    playback_id: UUID,
    number: int,
    must_have_factor: bool,
    now: datetime,
) -> bytes:
    """The 16 bytes of a key. Raises PlaybackRefused, TooManyStreams, or NotFound when the video has no such key."""
    stream = await pass_gate(
        database, playback_id=playback_id, key_number=number, must_have_factor=must_have_factor, now=now
    )
    if stream.key_id is None or stream.sealed_key is None:
        raise NotFound
    await take_slot(database, slots=slots, session=stream, must_have_factor=must_have_factor)
    return open_segment_key(sealer, key_id=stream.key_id, sealed_key=stream.sealed_key)
