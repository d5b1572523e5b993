"""What a file is: ffmpeg opens it, and says its streams."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from coursify.modules.media.errors import VideoRejected
from coursify.modules.media.ffmpeg.process import Finished, run_ffmpeg
from coursify.modules.media.file_types import WEBM

PROBE_SECONDS = 60
MAX_SECONDS = 12 * 3_600
MIN_SIDE, MAX_SIDE, MAX_PIXELS = 16, 8_192, 8_192 * 4_320
# The format is given, and only local files may be opened: a playlist that names other files is no input.
_FORMATS = {WEBM: "matroska"}
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", re.MULTILINE)
_STREAM = re.compile(r"^  Stream #0:\d+\S*: (Video|Audio): (.*)$((?:\n {4,}.*)*)", re.MULTILINE)
_SIZE = re.compile(r", (\d{1,6})x(\d{1,6})(?: \[SAR (\d+):(\d+) DAR \d+:\d+\])?(?=[, ]|$)")
_ROTATION = re.compile(r"rotation of (-?\d+)\.\d+ degrees")


@dataclass(frozen=True, slots=True)
class Probe:
    """Width and height as they are shown: with square pixels, turned upright. `seconds` is None when unknown."""

    width: int
    height: int
    seconds: float | None
    has_sound: bool


def input_arguments(source: Path, content_type: str) -> list[str]:
    return ["-protocol_whitelist", "file", "-f", _FORMATS.get(content_type, "mov"), "-i", str(source)]


async def probe(binary: Path, source: Path, *, content_type: str) -> Probe:
    """Raises VideoRejected with a sentence for the owner, Interrupted and TooSlow."""
    arguments = input_arguments(source, content_type)
    finished = await run_ffmpeg(binary, arguments, folder=source.parent, seconds=PROBE_SECONDS)
    finished.require_uninterrupted()
    return read_probe(finished)


def read_probe(finished: Finished) -> Probe:
    """Read what ffmpeg says of its input. Raises VideoRejected."""
    streams = [(match[1], match[2], match[3]) for match in _STREAM.finditer(finished.messages)]
    pictures = [(said, below) for kind, said, below in streams if kind == "Video" and "(attached pic)" not in said]
    if not streams:
        raise VideoRejected("This file cannot be read as a video. Export it again as MP4 or WebM, and upload it.")
    if not pictures:
        raise VideoRejected("This file has no video stream, only sound or text. Export it again with the picture.")
    width, height = _shown_size(*pictures[0])
    seconds = _seconds(finished.messages)
    if seconds is not None and seconds > MAX_SECONDS:
        raise VideoRejected("This video is longer than 12 hours. Divide it into several lessons.")
    return Probe(width, height, seconds, any(kind == "Audio" for kind, _said, _below in streams))


def _shown_size(said: str, below: str) -> tuple[int, int]:
    match = _SIZE.search(said)
    if match is None:
        raise VideoRejected("This video has no picture that can be decoded. Export it again as MP4 or WebM.")
    width, height = int(match[1]), int(match[2])
    if match[3] and int(match[3]) and int(match[4]):
        width = round(width * int(match[3]) / int(match[4]))
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise VideoRejected(
            f"The picture is {width} × {height} pixels. Export the video with at most 8192 × 4320 pixels."
        )
    rotation = _ROTATION.search(below)
    is_turned = rotation is not None and int(rotation[1]) % 180 != 0
    return (height, width) if is_turned else (width, height)


def _seconds(messages: str) -> float | None:
    match = _DURATION.search(messages)
    if match is None:
        return None
    return int(match[1]) * 3_600 + int(match[2]) * 60 + int(match[3]) + int(match[4]) / 100
