"""The sandbox that this process belongs to: its addresses and sample accounts. There is none in production."""

from __future__ import annotations

import json
from dataclasses import dataclass

from coursify.core.settings import AppSettings


@dataclass(frozen=True, slots=True)
class SampleAccount:
    role: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Sandbox:
    """An address is None for a service that is not part of the sandbox."""

    demo: str | None
    guide: str | None
    mailbox: str | None
    stripe: str | None
    accounts: tuple[SampleAccount, ...]


def find_sandbox(settings: AppSettings) -> Sandbox | None:
    """Reads the file that the supervisor writes when everything runs; None before, and outside of a sandbox."""
    if settings.environment != "sandbox" or settings.sandbox_file is None:
        return None
    try:
        found = json.loads(settings.sandbox_file.read_text())
        accounts = tuple(SampleAccount(one["role"], one["email"], one["password"]) for one in found["accounts"])
        return Sandbox(found["demo"], found["guide"], found["mailbox"], found["stripe"], accounts)
    except (OSError, ValueError, KeyError, TypeError):
        return None
