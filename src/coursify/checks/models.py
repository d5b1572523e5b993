"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coursify.core.settings import Settings

# warning: it works, and an operator should know; failure: something will not work.
State = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says what is so, `fix` what to do about it."""

    check: str
    state: State
    sentence: str
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """What the checks get. `mail_to`: who receives a test email, if anyone."""

    settings: Settings
    schema_head: str
    mail_to: str | None = None


def ok(check: str, sentence: str) -> Finding:
    return Finding(check, "ok", sentence)


def warning(check: str, sentence: str, fix: str) -> Finding:
    return Finding(check, "warning", sentence, fix)


def failure(check: str, sentence: str, fix: str) -> Finding:
    return Finding(check, "failure", sentence, fix)
