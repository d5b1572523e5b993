"""The store of media on a folder of this machine, or one that all machines mount."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import obstore
from obstore.store import LocalStore as Folder

from coursify.core.errors import NotFound
from coursify.integrations.obstore_objects import list_below, read_object
from coursify.modules.media.store import (
    DirectUpload,
    ObjectMissing,
    StoredObject,
    StoreName,
    StoreUnavailable,
    UploadPart,
)

CHECK_PATH = "check/coursify"


class LocalStore:
    """Objects are files below `folder`; each appears under its name when it is complete."""

    name: StoreName = "local"

    def __init__(self, folder: Path) -> None:
        self._root = folder
        with _named():
            folder.mkdir(parents=True, exist_ok=True)
            self._folder = Folder(folder, automatic_cleanup=True, mkdir=True)

    async def put(self, path: str, source: bytes | Path, *, content_type: str) -> None:
        del content_type  # the row of the asset has it
        with _named():
            await obstore.put_async(self._folder, path, source)

    async def put_moved(self, path: str, source: Path, *, content_type: str) -> None:
        """A rename where the file is on the same disk; otherwise a copy beside the target, and then a rename."""
        del content_type
        await asyncio.to_thread(self._move, path, source)

    def _move(self, path: str, source: Path) -> None:
        target = self._root / path
        arriving = target.with_name(f"{target.name}.arriving")
        with _named():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, arriving)
            with arriving.open("rb") as file:
                os.fsync(file.fileno())
            arriving.replace(target)

    async def read(self, path: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        with _named():
            async for chunk in read_object(self._folder, path, start=start, length=length):
                yield chunk

    async def size(self, path: str) -> int:
        with _named():
            return int((await obstore.head_async(self._folder, path))["size"])

    async def download(self, path: str, target: Path) -> None:
        with _named():
            await asyncio.to_thread(shutil.copyfile, self._root / path, target)

    async def list_objects(self, folder: str) -> list[StoredObject]:
        with _named():
            return await list_below(self._folder, folder)

    async def delete_folder(self, folder: str) -> None:
        with _named():
            for stored in await self.list_objects(folder):
                await obstore.delete_async(self._folder, stored.path)
            await asyncio.to_thread(shutil.rmtree, self._root / folder, ignore_errors=True)

    async def address(self, path: str, *, seconds: int, filename: str | None = None) -> str | None:
        """None: the application sends the bytes, or nginx does (MEDIA_ACCEL_PREFIX)."""
        del path, seconds, filename
        return None

    async def open_direct_upload(self, path: str, *, size: int, content_type: str) -> DirectUpload | None:
        """None: clients upload to the application."""
        del path, size, content_type
        return None

    async def part_addresses(self, path: str, upload_id: str, numbers: Sequence[int]) -> list[UploadPart]:
        raise AssertionError(f"a folder has no direct uploads: {path} {upload_id} {numbers}")

    async def complete_direct_upload(self, path: str, upload_id: str) -> None:
        raise AssertionError(f"a folder has no direct uploads: {path} {upload_id}")

    async def abort_direct_upload(self, path: str, upload_id: str) -> None:
        raise AssertionError(f"a folder has no direct uploads: {path} {upload_id}")

    def uploaded_path(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> str | None:
        del body, headers, now
        raise NotFound

    async def check(self) -> None:
        await self.put(CHECK_PATH, b"coursify", content_type="text/plain")
        if b"".join([chunk async for chunk in self.read(CHECK_PATH)]) != b"coursify":
            raise StoreUnavailable(f"{self._root} returned other bytes than it was given")
        await self.delete_folder("check")

    async def close(self) -> None:
        """A folder has no connection."""


@contextmanager
def _named() -> Iterator[None]:
    """Raise ObjectMissing and StoreUnavailable for what the disk says: a full one, a read-only one, a missing one."""
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing from error
    except (OSError, obstore.exceptions.BaseError) as error:
        raise StoreUnavailable(str(error).partition("\n")[0]) from error
