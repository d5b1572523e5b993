"""One running stand-in, and one call to it."""

import asyncio
import sqlite3
from collections import deque
from dataclasses import dataclass, field

from stripe_standin.clock import Clock
from stripe_standin.config import StandinConfig
from stripe_standin.faults import Faults, read_faults
from stripe_standin.store.schema import open_database
from stripe_standin.store.settings import read_setting
from stripe_standin.vocabulary import Json

CALLS_KEPT = 1000


@dataclass(slots=True)
class Standin:
    """Everything that one stand-in holds; the only things it does not keep on disk are what is running now."""

    config: StandinConfig
    clock: Clock
    database: sqlite3.Connection
    faults: Faults
    running_keys: set[tuple[str, str]] = field(default_factory=set)
    deliveries_owed: asyncio.Event = field(default_factory=asyncio.Event)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))


@dataclass(slots=True)
class Call:
    """One unit of work: who asks for what, and the one moment at which all of it happens."""

    standin: Standin
    now: int
    params: Json = field(default_factory=dict)
    object_id: str = ""
    publishable: bool = False
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def database(self) -> sqlite3.Connection:
        """The state, inside the call's transaction."""
        return self.standin.database


def open_standin(config: StandinConfig) -> Standin:
    """The stand-in that a state file holds, or a new one."""
    database = open_database(config.state)
    stored = read_setting(database, "faults")
    faults = read_faults(stored) if isinstance(stored, dict) else Faults()
    return Standin(config=config, clock=Clock(config.offset_file), database=database, faults=faults)


def new_call(standin: Standin) -> Call:
    """A call that nobody made through the API: the control door, a page, the clock."""
    return Call(standin=standin, now=standin.clock.now())
