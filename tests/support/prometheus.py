"""Debian's prometheus and promtool: from the PATH, or unpacked into .tools without installing (no server starts)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.house.sources import ROOT

UNPACKED = ROOT / ".tools" / "prometheus"


def find_program(name: str) -> str | None:
    """Unpacks the package when `make watch-check` runs; otherwise None when the program is not there."""
    inside = UNPACKED / "usr" / "bin" / name
    if not inside.is_file() and shutil.which(name) is None and os.environ.get("COURSIFY_WATCH"):
        _unpack()
    return str(inside) if inside.is_file() else shutil.which(name)


def _unpack() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "prometheus"], cwd=folder, check=True, capture_output=True)
        (package,) = Path(folder).glob("prometheus_*.deb")
        subprocess.run(["dpkg", "-x", str(package), str(UNPACKED)], check=True)
