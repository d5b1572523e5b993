"""The numbers of HLS that the transcoder writes and playback repeats: which key a segment has, and its IV."""

from __future__ import annotations

import hashlib

from coursify.modules.media.models import SEGMENTS_PER_KEY, Asset

# Where the clock of a segmented video begins, in ticks of 90 kHz: ffmpeg writes MPEG-TS from 1.4 s on, and the first
# picture is two frames later, 0.08 s at 25 frames a second.
FIRST_TIMESTAMP = 133_200


def key_number(segment: int) -> int:
    """The number of the key that encrypts a segment; it is the same for all renditions."""
    return segment // SEGMENTS_PER_KEY


def segment_iv(asset: Asset, rendition: str, segment: int) -> bytes:
    """The initialization vector of a segment: 16 bytes, different for each segment of each rendition."""
    return hashlib.sha256(f"{asset.path}/{rendition}/{segment}".encode()).digest()[:16]
