"""A video is announced: its name, type and size are looked at before its bytes come."""

from __future__ import annotations

from coursify.core.settings import MediaSettings
from coursify.modules.media.errors import FileTooLarge, WrongFileType
from coursify.modules.media.file_types import is_video_name


def check_video(*, filename: str, content_type: str, size: int, limits: MediaSettings) -> None:
    """Raises WrongFileType unless it is MP4 or WebM by name and type, and FileTooLarge."""
    if not is_video_name(filename, content_type):
        raise WrongFileType
    if size > limits.max_video_bytes:
        raise FileTooLarge(details=[{"field": "size", "message": f"is larger than {limits.max_video_bytes} bytes"}])
