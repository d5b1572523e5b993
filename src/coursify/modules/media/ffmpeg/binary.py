"""Where ffmpeg is."""

from __future__ import annotations

import shutil
from pathlib import Path

try:
    import imageio_ffmpeg
except ImportError:  # the extra `media` is not installed
    imageio_ffmpeg = None


def find_ffmpeg(configured: Path | None) -> Path | None:
    """The setting, else the one of this machine, else the one of the extra `media`, else None."""
    if configured is not None:
        return configured if configured.is_file() else None
    if found := shutil.which("ffmpeg"):
        return Path(found)
    if imageio_ffmpeg is None:
        return None
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return None
