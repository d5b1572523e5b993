"""Compares the objects that the database names with those that the store has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Database
from coursify.modules.media.queries import assets, inventory
from coursify.modules.media.queries.inventory import NamedObject
from coursify.modules.media.store import LARGEST_FIRST, MediaStore, ObjectMissing

BATCH = 100


@dataclass(frozen=True, slots=True)
class Inventory:
    """How many objects the database names, and the paths of those that the store does not have."""

    named: int
    missing: list[str]


async def find_missing_objects(database: Database, store: MediaStore) -> Inventory:
    """Of ready assets alone. What was made or released since the store was listed is looked at again."""
    stored = {found.path for found in await store.list_objects("")}
    # Cloudinary scales the largest size.
    sizes = LARGEST_FIRST[:1] if store.name == "cloudinary" else LARGEST_FIRST
    named, missing, after_id = 0, list[str](), UUID(int=0)
    while batch := await _read_batch(database, sizes, after_id):
        named += len(batch)
        missing += [
            found.path for found in batch if found.path not in stored and await _is_lost(database, store, found)
        ]
        after_id = batch[-1].asset_id
    return Inventory(named, missing)


async def _read_batch(database: Database, sizes: Sequence[str], after_id: UUID) -> list[NamedObject]:
    async with database.read() as db:
        return await inventory.list_named_objects(db, picture_sizes=sizes, after_id=after_id, limit=BATCH)


async def _is_lost(database: Database, store: MediaStore, found: NamedObject) -> bool:
    try:
        await store.size(found.path)
    except ObjectMissing:
        async with database.read() as db:
            asset = await assets.find_asset(db, found.asset_id)
        return asset is not None and asset.is_ready
    return False
