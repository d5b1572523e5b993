"""Runs `coursify seed` as a process, as the sandbox does."""

from __future__ import annotations

import os
import subprocess
import sys

SECONDS_ON_A_BUSY_MACHINE = 300


def run_seed(environment: dict[str, str], *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coursify", "seed", *flags],
        # Without ffmpeg the school has no video, which would take longer than everything else of it.
        env=os.environ | environment | {"COLUMNS": "200", "FFMPEG_PATH": "/without-ffmpeg"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_ON_A_BUSY_MACHINE,
    )
