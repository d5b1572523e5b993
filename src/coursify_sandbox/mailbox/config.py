"""How the mailbox is set up: its port, its state, and the key that senders must bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REQUIRED = ("MAILBOX_PORT", "MAILBOX_STATE", "SENDGRID_API_KEY")


class SettingsMissing(Exception):
    """Environment variables that the mailbox cannot start without are absent."""


@dataclass(frozen=True)
class MailboxConfig:
    port: int
    state: Path
    api_key: str
    clock_file: Path | None = None


def read_config(environment: Mapping[str, str]) -> MailboxConfig:
    """The settings found in the environment; everything that is missing is named at once."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise SettingsMissing(f"The mailbox needs these settings: {', '.join(missing)}")
    clock_file = environment.get("CLOCK_OFFSET_FILE")
    return MailboxConfig(
        port=int(environment["MAILBOX_PORT"]),
        state=Path(environment["MAILBOX_STATE"]),
        api_key=environment["SENDGRID_API_KEY"],
        clock_file=Path(clock_file) if clock_file else None,
    )
