"""The installation of a command: that of the environment, or the sandbox that runs here."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from coursify.core.environment import ConfigurationError, read_environment
from coursify.core.settings import Settings, load_settings

TREE = Path(__file__).resolve().parents[3]


def find_settings(data_dir: Path | None) -> Settings:
    """The settings of the environment or, without DATABASE_URL, of the running sandbox. Exits when there are none."""
    if not names_a_database():
        found = find_sandbox(data_dir)
        if found is None:
            sys.exit(f"DATABASE_URL is not set, and no sandbox runs with its data in {_folder_of(data_dir)}.")
        os.environ.update(found)
    return load_or_exit()


def names_a_database() -> bool:
    """Whether the environment is that of an installation; otherwise a command looks for a running sandbox."""
    return "DATABASE_URL" in read_environment(["DATABASE_URL"])


def load_or_exit() -> Settings:
    """The settings of the environment. Exits with a list of missing and invalid variables."""
    try:
        return load_settings()
    except ConfigurationError as error:
        sys.exit(str(error))


def find_sandbox(data_dir: Path | None) -> dict[str, str] | None:
    """The environment of the sandbox that runs here, or None."""
    try:
        found: dict[str, str] = json.loads((_folder_of(data_dir) / "run.json").read_text())["environment"]
    except (OSError, ValueError, KeyError):
        return None
    return found


def _folder_of(data_dir: Path | None) -> Path:
    home = TREE if (TREE / "pyproject.toml").is_file() else Path.cwd()
    return data_dir or home / ".coursify"
