"""The accounts with a password, one per role, which the sandbox prints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from coursify.core.caller import Role
from coursify_sandbox.errors import SandboxError

ROLES: tuple[Role, ...] = ("admin", "instructor", "student")
NAMES: dict[Role, str] = {"admin": "Morgan Hale", "instructor": "Ines Falk", "student": "Sam Rowe"}


@dataclass(frozen=True, slots=True)
class SampleAccount:
    role: Role
    email: str
    password: str

    @property
    def name(self) -> str:
        return NAMES[self.role]


def read_accounts(path: str | None) -> list[SampleAccount]:
    """Read a JSON file `[{"role", "email", "password"}]` with exactly one account per role."""
    if not path:
        raise SandboxError('SEED_ACCOUNTS_FILE must name a JSON file: [{"role", "email", "password"}, …].')
    try:
        given = [SampleAccount(**entry) for entry in json.loads(Path(path).read_text())]
    except (OSError, ValueError, TypeError) as error:
        raise SandboxError(f"The accounts in {path} cannot be read: {error}") from error
    if sorted(account.role for account in given) != list(ROLES):
        raise SandboxError(f"The accounts in {path} must be exactly one per role: {', '.join(ROLES)}.")
    return given
