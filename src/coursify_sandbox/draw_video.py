"""Draws a video for the sample school and the tour: a test picture with a clock, and a tone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from coursify_sandbox.errors import SandboxError


def draw_video(ffmpeg: Path, target: Path, *, seconds: int) -> None:
    """Write an MP4 of 426 × 240 pixels and ten frames a second; it costs about 15 ms of CPU for each second."""
    picture = f"testsrc=size=426x240:rate=10:duration={seconds}"
    sound = f"sine=frequency=330:beep_factor=4:sample_rate=22050:duration={seconds}"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    encoding = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-crf",
        "30",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "32k",
    ]
    try:
        subprocess.run(
            [ffmpeg, "-v", "error", "-nostdin", "-y", *inputs, *encoding, target],
            check=True,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        raise SandboxError(f"ffmpeg could not draw a video: {error.stderr[:300]}") from error
