"""Reads and lists objects with obstore, for the stores that it speaks to: a folder and a bucket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import obstore
from obstore.store import LocalStore, S3Store

from coursify.modules.media.store import StoredObject


async def read_object(
    store: LocalStore | S3Store, path: str, *, start: int, length: int | None
) -> AsyncIterator[bytes]:
    """The bytes from `start`, in chunks; without `length` to the end."""
    options: Any = {}
    if length is not None:
        options = {"range": (start, start + length)}
    elif start:
        options = {"range": {"offset": start}}
    found = await obstore.get_async(store, path, options=options)
    async for chunk in found.stream():
        yield bytes(chunk)


async def list_below(store: LocalStore | S3Store, folder: str) -> list[StoredObject]:
    """Every object below `folder`; the empty name lists all."""
    found = await obstore.list(store, prefix=folder or None).collect_async()
    return [StoredObject(meta["path"], meta["size"], meta["last_modified"]) for meta in found]
