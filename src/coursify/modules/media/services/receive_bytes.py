"""One request of a resumable upload: its bytes are kept, and with the last of them the upload is complete."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from coursify.core.database import Database
from coursify.core.errors import TooLarge
from coursify.modules.media.errors import OffsetMismatch, UploadLocked
from coursify.modules.media.models import UploadState
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.append_to_upload import append_to_upload
from coursify.modules.media.services.resume_upload import resume_upload
from coursify.modules.media.store import MediaStore
from coursify.modules.media.tus import Checksum


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sends: from where, how much when it says so, and with which checksum."""

    offset: int
    length: int | None
    chunks: AsyncIterator[bytes]
    checksum: Checksum | None


async def receive_bytes(
    database: Database, store: MediaStore, scratch: Scratch, *, token: str, sent: Sent
) -> UploadState:
    """The upload after the request. Raises what appending and completing raise; nothing is read of a refused body."""
    state = await resume_upload(database, store, scratch, token=token)
    if sent.offset != state.offset:
        raise OffsetMismatch
    if sent.length is not None and sent.length > state.asset.size_bytes - state.offset:
        raise TooLarge
    if state.offset < state.asset.size_bytes:
        await append_to_upload(
            database, scratch, asset=state.asset, offset=sent.offset, chunks=sent.chunks, checksum=sent.checksum
        )
        state = await _complete(database, store, scratch, token=token)
    return state


async def _complete(database: Database, store: MediaStore, scratch: Scratch, *, token: str) -> UploadState:
    """Others that only compare their offset have the lock for a moment: it is asked for again for a second."""
    for attempts_left in reversed(range(20)):
        try:
            return await resume_upload(database, store, scratch, token=token)
        except UploadLocked:
            if not attempts_left:
                raise
            await asyncio.sleep(0.05)
    raise AssertionError("the last attempt returns or raises")
