"""A running mailbox: its settings, its store, its clock and its faults."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coursify_sandbox.mailbox.config import MailboxConfig
from coursify_sandbox.mailbox.faults import Faults, parse_faults
from coursify_sandbox.mailbox.store import open_store, read_setting, write_setting


@dataclass
class Mailbox:
    config: MailboxConfig
    store: sqlite3.Connection
    faults: Faults


def open_mailbox(config: MailboxConfig) -> Mailbox:
    store = open_store(config.state)
    return Mailbox(config, store, parse_faults(read_setting(store, "faults") or {}))


def set_faults(mailbox: Mailbox, faults: Faults) -> None:
    """Replace the faults; they survive a restart."""
    write_setting(mailbox.store, "faults", faults.as_json())
    mailbox.faults = faults


def now(mailbox: Mailbox) -> datetime:
    """The sandbox's time: real time plus the offset."""
    offset = 0.0
    if mailbox.config.clock_file:
        try:
            offset = float(mailbox.config.clock_file.read_text().strip() or 0)
        except (OSError, ValueError):
            offset = 0.0
    return datetime.now(UTC) + timedelta(seconds=offset)
