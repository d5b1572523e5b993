"""The data folder of a sandbox: data, logs, secrets, and the state of a running one."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from coursify_sandbox.errors import SandboxError

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class DataFolder:
    root: Path

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def run_file(self) -> Path:
        return self.root / "run.json"

    @property
    def ports_file(self) -> Path:
        return self.root / "ports.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def processes_file(self) -> Path:
        return self.root / "processes.json"

    @property
    def control_socket(self) -> Path:
        return self.root / "control"

    @property
    def clock_offset(self) -> Path:
        return self.root / "clock-offset"

    @property
    def seed_marker(self) -> Path:
        return self.root / "seeded.json"

    @property
    def stripe_state(self) -> Path:
        return self.root / "stripe.sqlite3"

    @property
    def mailbox_state(self) -> Path:
        return self.root / "mailbox.sqlite3"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def media_scratch(self) -> Path:
        return self.root / "media-scratch"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    def log(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"


def locate_data_folder(chosen: Path | None) -> DataFolder:
    """`--data-dir`, else COURSIFY_DATA_DIR, else `.coursify` in the checkout."""
    from_environment = os.environ.get("COURSIFY_DATA_DIR")
    if chosen is None and from_environment:
        chosen = Path(from_environment)
    if chosen is not None:
        return DataFolder(chosen.expanduser().resolve())
    parent = PROJECT_ROOT if (PROJECT_ROOT / "pyproject.toml").is_file() else Path.cwd()
    return DataFolder(parent / ".coursify")


def create_data_folder(folder: DataFolder) -> None:
    """Create the folder; other accounts can pass through it, as PostgreSQL's must, but not list it."""
    try:
        if not folder.root.exists():
            folder.root.mkdir(parents=True)
            folder.root.chmod(0o711)
        logs = folder.root / "logs"
        logs.mkdir(exist_ok=True)
        logs.chmod(0o700)
    except OSError as error:
        raise SandboxError(
            f"Cannot create the data folder {folder.root} ({error.strerror}): choose another with --data-dir."
        ) from error


def write_private_file(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner only."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
