"""The settings of the mailbox: its port, its state file, and the API key that it accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REQUIRED = ("MAILBOX_PORT", "MAILBOX_STATE", "SENDGRID_API_KEY")


class MissingSettings(Exception):
    """Required environment variables are missing."""


@dataclass(frozen=True)
class MailboxConfig:
    port: int
    state: Path
    api_key: str
    clock_file: Path | None = None
    event_webhook_url: str | None = None


def read_config(environment: Mapping[str, str]) -> MailboxConfig:
    """Read the settings; the error names every missing variable."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise MissingSettings(f"The mailbox needs these settings: {', '.join(missing)}")
    clock_file = environment.get("CLOCK_OFFSET_FILE")
    return MailboxConfig(
        port=int(environment["MAILBOX_PORT"]),
        state=Path(environment["MAILBOX_STATE"]),
        api_key=environment["SENDGRID_API_KEY"],
        clock_file=Path(clock_file) if clock_file else None,
        event_webhook_url=environment.get("SENDGRID_EVENT_WEBHOOK_URL") or None,
    )
