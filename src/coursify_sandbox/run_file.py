"""run.json: where everything of a running sandbox is; it exists exactly while all of it is ready."""

import json
from pathlib import Path
from typing import Any

from coursify_sandbox.data_folder import DataFolder, locate_data_folder, write_private
from coursify_sandbox.errors import SandboxError

RunFile = dict[str, Any]


def write_run_file(folder: DataFolder, content: RunFile) -> None:
    write_private(folder.run_file, json.dumps(content, indent=2) + "\n")


def remove_run_file(folder: DataFolder) -> None:
    folder.run_file.unlink(missing_ok=True)


def read_run_file(data_dir: Path | None = None) -> RunFile:
    """What a client of the running sandbox needs to know; say how to start one when none runs."""
    folder = locate_data_folder(data_dir)
    try:
        content: RunFile = json.loads(folder.run_file.read_text())
    except (OSError, ValueError) as error:
        raise SandboxError(
            f"No sandbox is running with its data in {folder.root}: start it with `make run`."
        ) from error
    return content
