"""Compiles what the programs load, and nothing else: bytecode of every package would add 60 MB to an image.

A process with a read-only root cannot write bytecode, so without it each start would compile for seconds. Called once
where our packages can be written, and once where Python's own can.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from py_compile import PycInvalidationMode
from py_compile import compile as compile_file

PROGRAMS = (
    *("cli", "app", "worker", "commands.serve", "commands.worker", "commands.migrate"),
    "modules.media.picture_encoder",
)


def main() -> None:
    for name in PROGRAMS:
        import_module(f"coursify.{name}")
    for module in list(sys.modules.values()):
        source = getattr(module, "__file__", None) or ""
        if source.endswith(".py") and os.access(Path(source).parent, os.W_OK):
            # A copy of a layer may change the times of files: they decide nothing here.
            compile_file(source, doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


if __name__ == "__main__":
    main()
