"""`coursify tombstones`: keep the list of erased people outside of backups, and erase them again after a restore."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from uuid import UUID

from rich.console import Console

from coursify.commands.environment import load_or_exit
from coursify.core.settings import Settings
from coursify.modules.privacy.models import Tombstone
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.services.replay_tombstones import replay_tombstones
from coursify.resources import open_resources


def export(file: Path) -> None:
    """Write all tombstones to FILE, one for each line. Keep FILE apart from the backups."""
    tombstones = asyncio.run(_list(load_or_exit()))
    file.write_text("".join(f"{stone.user_id} {stone.erased_at.isoformat()}\n" for stone in tombstones))
    Console(highlight=False).print(f"{len(tombstones)} tombstones written")


def replay(file: Path) -> None:
    """Erase again the people in FILE whom a restored backup has brought back. Run it before the API serves."""
    returned = asyncio.run(_replay(load_or_exit(), read_tombstones(file.read_text())))
    Console(highlight=False).print(f"{returned} people erased again")


def read_tombstones(text: str) -> list[Tombstone]:
    lines = (line.split() for line in text.splitlines() if line.strip())
    return [Tombstone(UUID(user_id), datetime.fromisoformat(erased_at)) for user_id, erased_at in lines]


async def _list(settings: Settings) -> list[Tombstone]:
    async with open_resources(settings) as resources, resources.database.read() as db:
        return await erasures.list_tombstones(db)


async def _replay(settings: Settings, tombstones: list[Tombstone]) -> int:
    async with open_resources(settings) as resources:
        return await replay_tombstones(
            resources.database, tombstones=tombstones, sealer=resources.sealer, steps=resources.personal_data
        )
