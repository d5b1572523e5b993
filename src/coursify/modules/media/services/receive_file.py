"""The bytes of an upload have come in one form: they are put where those of a resumable upload are, and completed."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from coursify.core.database import Database
from coursify.core.settings import MediaSettings
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.complete_upload import complete_upload
from coursify.modules.media.store import MediaStore


async def receive_file(
    database: Database, store: MediaStore, *, asset_id: UUID, path: Path, limits: MediaSettings
) -> None:
    """`path` is moved. Raises what completing raises."""
    scratch = Scratch(limits.media_scratch_folder)
    with scratch.locked_upload(asset_id) as received:
        path.rename(received)
    await complete_upload(database, store, scratch, asset_id=asset_id)
