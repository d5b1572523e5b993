"""`coursify tombstones`: who must stay erased, kept outside of backups, and brought back after a restore."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from rich.console import Console

from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.settings import ConfigurationError, Settings, load_settings
from coursify.modules.privacy.models import Tombstone
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.services import replay_tombstones as replaying


def export(file: Path) -> None:
    """Write every tombstone to FILE, one a line; keep it where the backups are not."""
    tombstones = asyncio.run(_list(_load()))
    file.write_text("".join(f"{stone.user_id} {stone.erased_at.isoformat()}\n" for stone in tombstones))
    Console(highlight=False).print(f"{len(tombstones)} tombstones written")


def replay(file: Path) -> None:
    """Erase again whoever of FILE came back with a restored backup; run it before anything is served."""
    returned = asyncio.run(_replay(_load(), read_tombstones(file.read_text())))
    Console(highlight=False).print(f"{returned} people erased again")


def read_tombstones(text: str) -> list[Tombstone]:
    lines = (line.split() for line in text.splitlines() if line.strip())
    return [Tombstone(UUID(user_id), datetime.fromisoformat(erased_at)) for user_id, erased_at in lines]


async def _list(settings: Settings) -> list[Tombstone]:
    async with _open(settings) as database, database.read() as db:
        return await erasures.list_tombstones(db)


async def _replay(settings: Settings, tombstones: list[Tombstone]) -> int:
    async with _open(settings) as database:
        sealer = Sealer(settings.keys.encryption_keys)
        return await replaying.replay_tombstones(database, tombstones=tombstones, sealer=sealer)


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database, Clock(settings.app.clock_offset_file))
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def _load() -> Settings:
    try:
        return load_settings()
    except ConfigurationError as error:
        sys.exit(str(error))
