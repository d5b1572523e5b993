"""A video is announced: its name, type and size are looked at before its bytes come."""

from __future__ import annotations

from coursify.core.settings import MediaSettings
from coursify.modules.media.errors import FileTooLarge, WrongFileType
from coursify.modules.media.file_types import ACCEPTED_VIDEOS, video_type


def check_video(*, filename: str, content_type: str, size: int, limits: MediaSettings) -> str:
    """Its type; an empty `content_type` declares none. Raises WrongFileType unless it is MP4 or WebM, FileTooLarge."""
    known = video_type(filename, content_type)
    if known is None:
        raise WrongFileType(details=[{"field": "file", "message": ACCEPTED_VIDEOS}])
    if size > limits.max_video_bytes:
        raise FileTooLarge(details=[{"field": "size", "message": f"is larger than {limits.max_video_bytes} bytes"}])
    return known
