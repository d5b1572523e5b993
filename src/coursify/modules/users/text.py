"""Which passwords and picture addresses are accepted. Pure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PRIVATE_ZONES = (".localhost", ".local", ".internal", ".lan", ".home", ".corp", ".arpa", ".onion", ".invalid")


def check_password(password: str) -> str:
    """8–128 characters (the field says so), one of them special, not a common one; kept exactly as typed."""
    if all(char.isalnum() for char in password):
        raise ValueError("must contain at least one special character")
    if _is_common(password.strip().lower()):
        raise ValueError("is one of the most common passwords")
    return password


def _is_common(word: str) -> bool:
    """Searched in the text of the list: as a set, its words would take fifteen times the memory."""
    return "\n" not in word and f"\n{word}\n" in _common_passwords()


@cache
def _common_passwords() -> str:
    return Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")


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
