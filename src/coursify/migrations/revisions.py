"""The revisions of this version, by the names of their files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).parent / "versions"


@cache
def find_head() -> str:
    """The newest revision of this version, `0031`: the schema that it serves."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.sql"))
