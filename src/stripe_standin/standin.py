"""The state of a running stand-in, and of one call to it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from dataclasses import dataclass, field

from stripe_standin.clock import Clock
from stripe_standin.config import StandinConfig
from stripe_standin.faults import Faults, parse_faults
from stripe_standin.json_types import Json
from stripe_standin.store.schema import open_database
from stripe_standin.store.settings import read_setting

MAX_RECORDED_CALLS = 1000


@dataclass(slots=True)
class Standin:
    """A running stand-in; the keys in use, the event and the recorded calls are in memory only."""

    config: StandinConfig
    clock: Clock
    database: sqlite3.Connection
    faults: Faults
    keys_in_use: set[tuple[str, str]] = field(default_factory=set)
    deliveries_pending: asyncio.Event = field(default_factory=asyncio.Event)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=MAX_RECORDED_CALLS))


@dataclass(slots=True)
class Call:
    """One call: its parameters, its caller, and the one time at which all of it happens."""

    standin: Standin
    now: int
    params: Json = field(default_factory=dict)
    object_id: str = ""
    is_publishable: bool = False
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def database(self) -> sqlite3.Connection:
        """The database, inside the transaction of the call."""
        return self.standin.database


def open_standin(config: StandinConfig) -> Standin:
    """Open the stand-in of a state file, or create a new one."""
    database = open_database(config.state)
    stored = read_setting(database, "faults")
    faults = parse_faults(stored) if isinstance(stored, dict) else Faults()
    return Standin(config=config, clock=Clock(config.offset_file), database=database, faults=faults)


def new_call(standin: Standin) -> Call:
    """A call that does not come through the API: from the control API, a page or the scheduler."""
    return Call(standin=standin, now=standin.clock.now())
