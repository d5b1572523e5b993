"""A file of the store is opened, so that what is missing is an error before the first byte is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from coursify.modules.media.errors import AssetNotFound
from coursify.modules.media.store import MediaStore, ObjectMissing


async def open_file(store: MediaStore, *, path: str) -> AsyncIterator[bytes]:
    """The chunks of the whole file. Raises AssetNotFound, and StoreUnavailable."""
    chunks = store.read(path)
    try:
        first = await anext(chunks, b"")
    except ObjectMissing as error:
        raise AssetNotFound from error
    return _chain(first, chunks)


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
