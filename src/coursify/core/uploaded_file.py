"""A file that a client has sent, while it is in the scratch folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """`filename` is clean (core/text.py); `content_type` is what the client declared, in lower case."""

    path: Path
    filename: str
    content_type: str
    size: int
