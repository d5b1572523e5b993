"""Which picture addresses are accepted. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PRIVATE_ZONES = (".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".arpa", ".onion", ".invalid")


def check_avatar_url(url: str) -> str:
    """An https address at a public name. We never fetch it; a browser does, so it names no machine of ours."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise ValueError("must be an https address") from error
    if parts.scheme != "https" or parts.username is not None or parts.password is not None or port not in {None, 443}:
        raise ValueError("must be an https address")
    if not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        raise ValueError("must be an https address")
    if not _HOST.fullmatch(host) or host.endswith(_PRIVATE_ZONES):
        raise ValueError("must be at a public host name")
    return url
