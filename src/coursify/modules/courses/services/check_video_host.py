"""A video elsewhere is at one of the services that this school accepts."""

from __future__ import annotations

from collections.abc import Sequence

from coursify.modules.courses.errors import VideoHostNotAllowed
from coursify.modules.courses.video_urls import is_on_host


def check_video_host(url: str | None, hosts: Sequence[str]) -> None:
    """Raises VideoHostNotAllowed with the hosts that are accepted; no URL is always accepted."""
    if url is None or is_on_host(url, hosts):
        return
    raise VideoHostNotAllowed(details=[{"field": "externalVideoUrl", "message": f"must be on {', '.join(hosts)}"}])
