"""The headers of a file that is saved, never shown: a page of ours must not run what someone uploaded."""

from __future__ import annotations

import re
from urllib.parse import quote

_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()-]")


def download_headers(filename: str, size: int) -> dict[str, str]:
    """Content-Disposition after RFC 6266: a plain name for old clients, and the real one in UTF-8."""
    plain = _UNSAFE.sub("_", filename)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}",
        "Content-Length": str(size),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
