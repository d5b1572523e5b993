"""The list of erased people, kept beside the backups and newer than any of them: a restore erases them again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.backup.repository import Repository
from coursify.core.database import Connection
from coursify.modules.privacy.models import Tombstone
from coursify.modules.privacy.queries import erasures

FOLDER = "tombstones"
FILE = f"{FOLDER}/all"


def read_stored_tombstones(repository: Repository) -> list[Tombstone]:
    if not repository.exists(FILE):
        return []
    return [Tombstone(UUID(user_id), datetime.fromisoformat(at)) for user_id, at in repository.read_json(FILE)]


async def store_tombstones(repository: Repository, db: Connection) -> int:
    """Add the tombstones of the database to the stored ones; return how many there are. None is ever removed."""
    stored = {stone.user_id: stone for stone in read_stored_tombstones(repository)}
    found = {stone.user_id: stone for stone in await erasures.list_tombstones(db)}
    together = found | stored
    if together.keys() != stored.keys() or (stored and repository.key_of(FILE) != repository.current_key):
        content = [[str(stone.user_id), stone.erased_at.isoformat()] for stone in together.values()]
        repository.write_json(FILE, content)
    return len(together)
