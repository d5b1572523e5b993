"""The playlists of one session (RFC 8216): small texts. Only the segments have absolute addresses."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from coursify.modules.media.hls import FIRST_TIMESTAMP, key_number, segment_iv
from coursify.modules.media.models import Asset, Rendition

# A language goes into quoted attributes and into a path.
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_HEAD = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]


def master_playlist(renditions: Sequence[Rendition], languages: Sequence[str]) -> str:
    """Every rendition, and the captions as subtitles that a viewer turns on."""
    group = ',SUBTITLES="captions"' if languages else ""
    lines = [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="{language}",LANGUAGE="{language}",DEFAULT=NO,'
        f'AUTOSELECT=YES,FORCED=NO,URI="captions/{language}.m3u8"'
        for language in languages
    ]
    for rendition in renditions:
        size = f"{rendition.width}x{rendition.height}"
        attributes = f'BANDWIDTH={rendition.bandwidth},RESOLUTION={size},CODECS="{rendition.codecs}"{group}'
        lines += [f"#EXT-X-STREAM-INF:{attributes}", f"{rendition.name}.m3u8"]
    return _text([*_HEAD, *lines])


def rendition_playlist(asset: Asset, rendition: Rendition, *, segments_url: str) -> str:
    """The segments of a rendition. Each has its own IV; a player asks once for the key of five segments."""
    lengths = [milliseconds / 1_000 for milliseconds in rendition.segment_milliseconds]
    lines = _vod(lengths)
    for number, seconds in enumerate(lengths):
        iv = segment_iv(asset, rendition.name, number).hex()
        lines += [
            f'#EXT-X-KEY:METHOD=AES-128,URI="keys/{key_number(number)}",IV=0x{iv}',
            f"#EXTINF:{seconds:.3f},",
            f"{segments_url}/{asset.segment(rendition.name, number)}",
        ]
    return _text([*_HEAD, *lines, "#EXT-X-ENDLIST"])


def captions_playlist(language: str, *, seconds: float) -> str:
    """The captions of a language, as one segment beside this playlist."""
    return _text([*_HEAD, *_vod([seconds]), f"#EXTINF:{seconds:.3f},", f"{language}.vtt", "#EXT-X-ENDLIST"])


def time_captions(content: str) -> str:
    """WebVTT whose times are those of the video: the segments' own clock does not begin at zero (RFC 8216, 3.5)."""
    first, _, rest = content.partition("\n")
    return f"{first}\nX-TIMESTAMP-MAP=MPEGTS:{FIRST_TIMESTAMP},LOCAL:00:00:00.000\n{rest}"


def _vod(lengths: Sequence[float]) -> list[str]:
    # No segment may be longer than this after rounding (RFC 8216, 4.3.3.1).
    longest = max(1, math.floor(max(lengths) + 0.5))
    return [f"#EXT-X-TARGETDURATION:{longest}", "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
