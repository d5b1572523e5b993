"""Paths of files: they are compared as they were sent, so a path that could be read in two ways is rejected."""

from __future__ import annotations

from fastapi import Request

from coursify.core.errors import NotFound

_AMBIGUOUS = (b"%", b"..", b"//", b";", b"\\")


def require_plain_path(request: Request) -> None:
    """Raise NotFound for a path with an escape, an empty or parent segment, a parameter or a backslash."""
    sent: bytes = request.scope.get("raw_path", b"").partition(b"?")[0]
    if any(mark in sent for mark in _AMBIGUOUS):
        raise NotFound
