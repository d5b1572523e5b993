"""Which addresses of videos at other services are accepted. The server never fetches them."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit


def check_video_url(url: str) -> str:
    """Accepts an https URL without user name and password, on the usual port."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("must be an https URL") from error
    if parts.scheme != "https" or "@" in parts.netloc or port not in {None, 443} or not parts.hostname:
        raise ValueError("must be an https URL")
    if not url.isascii() or not url.isprintable() or set(url) & set(" \"'<>\\^`{|}"):
        raise ValueError("must be an https URL")
    return url


def is_on_host(url: str, hosts: Collection[str]) -> bool:
    """Whether a checked URL is on exactly one of these hosts."""
    return (urlsplit(url).hostname or "") in hosts
