"""The commands of a page: its fenced `sh` blocks, each of which a test runs as one script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A verified restore reads everything that there is.
SECONDS = 600


def blocks_of(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text())


def run_block(
    script: str,
    *,
    environment: Mapping[str, str],
    programs: tuple[Path, ...] = (),
    folder: Path | None = None,
    seconds: float = SECONDS,
) -> str:
    """Run it as a person would, in `folder`; every command must succeed. Returns what it printed.

    `coursify` of this checkout is on the PATH, below `programs`.
    """
    folders = [*(str(program) for program in programs), str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, **environment, "PATH": os.pathsep.join(folders), "NO_PROXY": "127.0.0.1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout
