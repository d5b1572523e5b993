"""A file that a client has sent, while it is in the scratch folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# What clients send that do not know the type of a file (RFC 2046, RFC 7578).
UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """`filename` is clean (core/text.py); `content_type` is the declared one in lower case, or empty."""

    path: Path
    filename: str
    content_type: str
    size: int
