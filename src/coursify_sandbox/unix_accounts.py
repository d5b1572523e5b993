"""The account that PostgreSQL runs as when the sandbox runs as root, because it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from coursify_sandbox.errors import SandboxError

CANDIDATES = ("nobody", "daemon", "www-data", "bin")


@dataclass(frozen=True)
class UnixAccount:
    name: str
    uid: int
    gid: int


def find_unprivileged_account() -> UnixAccount | None:
    """None for an ordinary user; for root the first unprivileged account that exists and can enter `/`."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = UnixAccount(name, entry.pw_uid, entry.pw_gid)
        if entry.pw_uid != 0 and can_enter(account, Path("/")):
            return account
    raise SandboxError(
        "PostgreSQL refuses to run as root, and no unprivileged account was found: "
        "start as an ordinary user, or set DATABASE_URL to your own PostgreSQL."
    )


def can_enter(account: UnixAccount, folder: Path) -> bool:
    """Whether the account can change into the folder, found out by trying."""
    try:
        attempt = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return attempt.returncode == 0
