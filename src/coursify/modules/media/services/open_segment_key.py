"""The key of five segments, opened for a player that may have it."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.modules.media.sealing import SEGMENT_KEY


def open_segment_key(sealer: Sealer, *, key_id: UUID, sealed_key: bytes) -> bytes:
    """The 16 bytes of the row `key_id` of segment_keys."""
    return sealer.open(sealed_key, associated_data=SEGMENT_KEY.for_row(key_id))
