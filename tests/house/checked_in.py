"""Files that are made from the code and checked in: `make docs` writes them anew, a test compares."""

from __future__ import annotations

import os

from tests.house.sources import ROOT

WRITE = "COURSIFY_WRITE_DOCS"


def assert_checked_in(name: str, text: str) -> None:
    """The file is what the code makes of it now."""
    path = ROOT / name
    if os.environ.get(WRITE):
        path.write_text(text)
    assert path.is_file(), f"{name} is missing: run `make docs`"
    assert path.read_text() == text, (
        f"{name} is not what the code makes now: run `make docs` and look at the difference"
    )
