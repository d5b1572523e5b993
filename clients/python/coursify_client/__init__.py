"""A typed client of the Coursify API: `Coursify(base_url)` has a method for each operation."""

from __future__ import annotations

from coursify_client import codes, types
from coursify_client.operations import Operations as Coursify
from coursify_client.transport import CoursifyError

__all__ = ["Coursify", "CoursifyError", "codes", "types"]
