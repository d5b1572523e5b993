"""Bytes of a resumable upload arrive: they are written behind those that are there. The file's length is the offset."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from uuid import UUID

from coursify.core.cancellation import uncanceled
from coursify.core.database import Database
from coursify.core.errors import TooLarge
from coursify.modules.media.errors import ChecksumMismatch, OffsetMismatch, UploadNotFound
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import assets
from coursify.modules.media.scratch import Scratch, named_disk_errors
from coursify.modules.media.tus import Checksum

_WRITTEN_AT_ONCE = 1_048_576


async def append_to_upload(
    database: Database,
    scratch: Scratch,
    *,
    asset: Asset,
    offset: int,
    chunks: AsyncIterator[bytes],
    checksum: Checksum | None = None,
) -> int:
    """The new offset. What arrived before a connection broke is kept, unless a checksum cannot be verified then.

    Raises OffsetMismatch, TooLarge beyond the announced size, ChecksumMismatch, UploadLocked, NoSpaceLeft.
    """
    with scratch.locked_upload(asset.id) as path:
        received = scratch.received_bytes(asset.id) or 0
        if not await _is_open(database, scratch, asset.id):
            raise UploadNotFound
        if offset != received:
            raise OffsetMismatch
        with named_disk_errors():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        writer = _Writer(handle, start=offset, room=asset.size_bytes - offset)
        try:
            await _write_checked(writer, chunks, checksum)
        finally:
            os.close(handle)
        return offset + writer.written


async def _is_open(database: Database, scratch: Scratch, asset_id: UUID) -> bool:
    """The one who had the lock before may have completed or canceled the upload."""
    async with database.read() as db:
        asset = await assets.find_asset(db, asset_id)
    if asset is not None and asset.status == "uploading":
        return True
    scratch.remove_upload(asset_id)
    return False


async def _write_checked(writer: _Writer, chunks: AsyncIterator[bytes], checksum: Checksum | None) -> None:
    """Nothing is kept of a request that sends too much or other bytes than its checksum says."""
    hashed = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    try:
        async for chunk in chunks:
            if hashed:
                hashed.update(chunk)
            await writer.add(chunk)
        await writer.flush()
        _compare(hashed.digest() if hashed else None, checksum)
    except (TooLarge, ChecksumMismatch):
        writer.undo()
        raise
    except BaseException:
        if checksum:
            writer.undo()
        else:
            await uncanceled(writer.flush())
        raise
    await writer.sync()


def _compare(digest: bytes | None, checksum: Checksum | None) -> None:
    if checksum is not None and digest != checksum.digest:
        raise ChecksumMismatch


class _Writer:
    """Writes in a thread, a mebibyte at a time; so much is in memory."""

    def __init__(self, handle: int, *, start: int, room: int) -> None:
        self._handle = handle
        self.written = 0
        self._start = start
        self._room = room
        self._pending = bytearray()

    async def add(self, chunk: bytes) -> None:
        self._pending += chunk
        if self.written + len(self._pending) > self._room:
            raise TooLarge
        if len(self._pending) >= _WRITTEN_AT_ONCE:
            await self.flush()

    async def flush(self) -> None:
        """What a full disk did not take is given up; the client sends it again."""
        data, self._pending = self._pending, bytearray()
        with named_disk_errors():
            await uncanceled(asyncio.to_thread(self._write, data))

    async def sync(self) -> None:
        """Wait until the disk has the bytes: a client does not send again what was acknowledged."""
        with named_disk_errors():
            await asyncio.to_thread(os.fdatasync, self._handle)

    def _write(self, data: bytearray) -> None:
        view = memoryview(data)
        while view:
            count = os.pwrite(self._handle, view, self._start + self.written)
            self.written += count
            view = view[count:]

    def undo(self) -> None:
        os.ftruncate(self._handle, self._start)
