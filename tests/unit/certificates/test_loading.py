"""Typst and openbadgeslib are loaded by the first certificate, not when a process starts."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import coursify.app, coursify.worker
print([name for name in ("typst", "openbadgeslib", "manimgx_fonts_cjk") if name in sys.modules])
"""


def test_a_process_that_starts_loads_neither_library() -> None:
    printed = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"
