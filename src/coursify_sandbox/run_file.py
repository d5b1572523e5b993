"""run.json: the addresses and keys of a running sandbox. It exists while everything is ready."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coursify_sandbox.data_folder import DataFolder, locate_data_folder, write_private_file
from coursify_sandbox.errors import SandboxError

RunFile = dict[str, Any]


def write_run_file(folder: DataFolder, content: RunFile) -> None:
    write_private_file(folder.run_file, json.dumps(content, indent=2) + "\n")


def remove_run_file(folder: DataFolder) -> None:
    folder.run_file.unlink(missing_ok=True)


def read_run_file(data_dir: Path | None = None) -> RunFile:
    """The content of run.json; raises SandboxError when no sandbox is running."""
    folder = locate_data_folder(data_dir)
    try:
        content: RunFile = json.loads(folder.run_file.read_text())
    except (OSError, ValueError) as error:
        raise SandboxError(f"No sandbox is running in {folder.root}: start one with `make run`.") from error
    return content
