"""Makes the renditions of a video: H.264 and AAC in MPEG-TS, in segments of six seconds, not encrypted yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from coursify.modules.media.errors import VideoRejected
from coursify.modules.media.ffmpeg.probe import MAX_SECONDS, Probe, input_arguments
from coursify.modules.media.ffmpeg.process import THREADS, Finished, OnProgress, run_ffmpeg
from coursify.modules.media.models import SEGMENT_SECONDS

# The shorter side of a rendition, and its highest rate in kilobits per second.
LADDER = ((1_080, 5_000), (720, 2_800), (480, 1_400), (360, 800))
RENDITIONS = 3
POSTER_SECONDS = 120
POSTER_WIDTH = 1_280
AT_MOST_60_FRAMES = r"select='isnan(prev_selected_t)+gte(t-prev_selected_t\,0.0163)'"
UNDECODABLE = "This video cannot be decoded. Export it again as MP4 (H.264 and AAC) or WebM, and upload it."
_LENGTH = re.compile(r"^#EXTINF:([0-9.]+),", re.MULTILINE)
# The start of a sequence parameter set of our profile, High: the first four bytes may be in the sound as well.
_SEQUENCE_PARAMETERS = b"\x00\x00\x01\x67\x64"
# A picture that ends earlier than its file by more than this was cut off, or has sound without a picture.
_MISSING_SECONDS, _MISSING_SHARE = 3.0, 0.05
_AAC = "mp4a.40.2"


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    width: int
    height: int
    kilobits: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A rendition in clear segments; `codecs` and `bandwidth` (bits per second at most) are for the playlist."""

    target: Target
    codecs: str
    segments: list[Path]
    milliseconds: list[int]
    bandwidth: int


def choose_targets(probe: Probe) -> list[Target]:
    """The renditions up to the size of the source; one of its own size when it is smaller than all of them."""
    short = min(probe.width, probe.height)
    sides = [step for step in LADDER if step[0] <= short][:RENDITIONS] or [(short - short % 2, LADDER[-1][1])]
    return [
        Target(f"{side:03d}p", _even(probe.width * side / short), _even(probe.height * side / short), kilobits)
        for side, kilobits in sides
    ]


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


async def encode(
    binary: Path,
    source: Path,
    *,
    content_type: str,
    probe: Probe,
    folder: Path,
    seconds: float,
    on_progress: OnProgress,
) -> list[Encoded]:
    """Every rendition, below `folder`. Raises VideoRejected, Interrupted and TooSlow."""
    targets = choose_targets(probe)
    arguments = ["-v", "error", "-nostats", "-progress", "pipe:1", "-threads", THREADS]
    arguments += input_arguments(source, content_type)
    for target in targets:
        (folder / target.name).mkdir(parents=True)
        arguments += _output(target)
    finished = await run_ffmpeg(binary, arguments, folder=folder, seconds=seconds, on_progress=on_progress)
    _check(finished)
    encoded = [_read(folder / target.name, target, has_sound=probe.has_sound) for target in targets]
    _check_length(sum(encoded[0].milliseconds) / 1_000, probe.seconds)
    return encoded


def _check_length(seconds: float, announced: float | None) -> None:
    if seconds > MAX_SECONDS:
        raise VideoRejected("This video is longer than 12 hours. Divide it into several lessons.")
    if announced is not None and announced - seconds > max(_MISSING_SECONDS, announced * _MISSING_SHARE):
        raise VideoRejected(
            f"The picture ends after {seconds:.0f} seconds, but the file says {announced:.0f}. "
            "Export the whole video again, and upload it."
        )


def _output(target: Target) -> list[str]:
    rate = f"{target.kilobits}k"
    return [
        *("-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-vf", f"{AT_MOST_60_FRAMES},scale={target.width}:{target.height},setsar=1,format=yuv420p"),
        # Frames keep their times: two frames that are hours apart are not filled up with copies.
        *("-fps_mode", "vfr", "-threads", THREADS),
        *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"),
        *("-maxrate", rate, "-bufsize", f"{2 * target.kilobits}k"),
        *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})", "-sc_threshold", "0"),
        *("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"),
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_list_size", "0", "-hls_segment_type", "mpegts"),
        *("-hls_segment_filename", f"{target.name}/%05d.ts", f"{target.name}/index.m3u8"),
    ]


def _check(finished: Finished) -> None:
    finished.require_uninterrupted()
    if finished.code > 0:
        raise VideoRejected(UNDECODABLE)


def _read(folder: Path, target: Target, *, has_sound: bool) -> Encoded:
    playlist = folder / "index.m3u8"
    lengths = (
        [round(float(text) * 1_000) for text in _LENGTH.findall(playlist.read_text())] if playlist.exists() else []
    )
    segments = [folder / f"{number:05d}.ts" for number in range(len(lengths))]
    if not segments or sum(lengths) <= 0:
        raise VideoRejected(UNDECODABLE)
    codecs = _codec_of(segments[0]) + (f",{_AAC}" if has_sound else "")
    return Encoded(target, codecs, segments, lengths, _highest_rate(segments, lengths))


def _highest_rate(segments: list[Path], milliseconds: list[int]) -> int:
    sizes = [segment.stat().st_size for segment in segments]
    return max(size * 8_000 // max(1_000, length) for size, length in zip(sizes, milliseconds, strict=True)) or 1


def _codec_of(segment: Path) -> str:
    """`avc1.64001f`: profile, constraints and level, as the first sequence parameter set of the stream has them."""
    with segment.open("rb") as file:
        head = file.read(65_536)
    found = head.find(_SEQUENCE_PARAMETERS)
    if found < 0:
        raise VideoRejected(UNDECODABLE)
    start = found + len(_SEQUENCE_PARAMETERS) - 1
    return f"avc1.{head[start : start + 3].hex()}"


async def draw_poster(binary: Path, encoded: Encoded, *, folder: Path) -> Path:
    """One picture of the first segment, as PNG. Raises Interrupted and TooSlow; VideoRejected when it has no frame."""
    at = min(2.0, encoded.milliseconds[0] / 2_000)
    poster = folder / "poster.png"
    arguments = ["-protocol_whitelist", "file", "-f", "mpegts", "-i", str(encoded.segments[0]), "-map", "0:v:0"]
    arguments += ["-frames:v", "1", "-threads", THREADS, "-vf", f"scale='min({POSTER_WIDTH},iw)':-2"]
    arguments += ["-c:v", "png", "-f", "image2", "-update", "1", str(poster)]
    seek = ["-v", "error", "-ss", f"{at:.3f}"]
    finished = await run_ffmpeg(binary, [*seek, *arguments], folder=folder, seconds=POSTER_SECONDS)
    if finished.code == 0 and not poster.exists():
        # No key frame comes after that time. Without seeking the first frame is drawn.
        finished = await run_ffmpeg(binary, [*seek[:2], *arguments], folder=folder, seconds=POSTER_SECONDS)
    _check(finished)
    if not poster.exists():
        raise VideoRejected(UNDECODABLE)
    return poster
