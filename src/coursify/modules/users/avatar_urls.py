"""Which URLs of profile pictures are accepted."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PRIVATE_ZONES = (".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".arpa", ".onion", ".invalid")


def check_avatar_url(url: str) -> str:
    """Accepts an https URL with a public host name. Browsers fetch it, so it must not name an internal host."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise ValueError("must be an https URL") from error
    if parts.scheme != "https" or parts.username is not None or parts.password is not None or port not in {None, 443}:
        raise ValueError("must be an https URL")
    if not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        raise ValueError("must be an https URL")
    if not _HOST.fullmatch(host) or host.endswith(_PRIVATE_ZONES):
        raise ValueError("must be on a public host")
    return url
