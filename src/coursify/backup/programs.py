"""PostgreSQL's own programs: where they are, which version, and the account that may run a server."""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from coursify.backup.errors import BackupError
from coursify.core.backup_settings import BackupSettings

LEAST_MAJOR = 17
SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
ACCOUNTS = ("postgres", "nobody")
_DEATH_SIGNAL = 1


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """`account` runs the restored server; None: the account of this process."""

    folder: Path
    major: int
    account: Account | None

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def require_major(self, major: int, whose: str) -> None:
        if self.major != major:
            raise BackupError(
                f"{whose} is of PostgreSQL {major}, but the programs in {self.folder} are of {self.major}: set PG_BIN."
            )


def find_programs(settings: BackupSettings) -> Programs:
    """Programs of PG_BIN, else of the PATH, else the newest below /usr/lib/postgresql. Raises BackupError."""
    for folder in _candidates(settings.pg_bin):
        if (folder / "pg_basebackup").is_file() and (folder / "postgres").is_file():
            major = _major_of(folder)
            if major >= LEAST_MAJOR:
                return Programs(folder, major, _find_account(settings.pg_account))
            if settings.pg_bin:
                raise BackupError(f"PG_BIN has PostgreSQL {major}; backups need {LEAST_MAJOR} or newer.")
    where = f"in PG_BIN={settings.pg_bin}" if settings.pg_bin else "on the PATH or in /usr/lib/postgresql"
    raise BackupError(
        f"No PostgreSQL {LEAST_MAJOR} or newer was found {where}: install its server and client, or set PG_BIN."
    )


def connection_of(url: str, **parameters: str) -> tuple[str, dict[str, str]]:
    """A connection string without the password, and the environment that has it: `ps` shows arguments to everybody."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**{name: str(value) for name, value in parts.items()} | parameters), environment


def last_line(stderr: str) -> str:
    """What a program of PostgreSQL complains about, without its name."""
    lines = [line for line in stderr.splitlines() if re.search(r"error|fatal|No space", line, re.IGNORECASE)]
    line = (lines or stderr.strip().splitlines() or ["no reason given"])[0]
    return re.sub(r"^\w+: (error: )?", "", line).strip()


def run(arguments: list[str], *, environment: dict[str, str] | None = None) -> str:
    """The output of a program. Raises BackupError with its reason."""
    done = subprocess.run(  # noqa: S603  # PostgreSQL's programs
        arguments, env=environment or {"PATH": os.defpath, "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupError(f"{Path(arguments[0]).name} failed: {last_line(done.stderr)}.")
    return done.stdout


def ends_with_us() -> Callable[[], None] | None:
    """For `preexec_fn`: Linux ends the child when this process dies, even by SIGKILL."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_DEATH_SIGNAL, signal.SIGTERM)


def _candidates(pg_bin: Path | None) -> list[Path]:
    if pg_bin:
        return [pg_bin]
    found = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    numbered = [folder for folder in SYSTEM_FOLDERS.glob("*") if folder.name.isdigit()]
    return found + [folder / "bin" for folder in sorted(numbered, key=lambda folder: int(folder.name), reverse=True)]


def _major_of(folder: Path) -> int:
    found = re.search(r"\) (\d+)", run([str(folder / "postgres"), "--version"]))
    return int(found[1]) if found else 0


def _find_account(name: str | None) -> Account | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for candidate in (name,) if name else ACCOUNTS:
        try:
            entry = pwd.getpwnam(candidate)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise BackupError(
        "PostgreSQL does not run as root: set PG_ACCOUNT to an unprivileged account that exists, or run this as one."
    )


def give_to(account: Account | None, folder: Path) -> None:
    """Make a folder and everything in it the account's own."""
    if account is None:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def require_room(folder: Path, needed: int, purpose: str) -> None:
    """Raises BackupError when the disk of this folder has less than `needed` bytes, and a tenth, free."""
    free = shutil.disk_usage(folder).free
    if free < needed * 11 // 10:
        raise BackupError(
            f"{purpose} needs about {needed * 11 // 10 / 1e9:.1f} GB in {folder}, and {free / 1e9:.1f} GB are free: "
            "free some, or use another disk."
        )
