"""The bytes of a file go out only while the gate is open: also those of a request that was let in long ago."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable

from coursify.core.errors import AppError
from coursify.modules.media.store import MediaStore

# A browser plays a whole file from one request, so the gate is asked again while it is answered.
CHECK_SECONDS = 1.0
PIECE_BYTES = 262_144


async def read_while_open(
    store: MediaStore, path: str, *, start: int, length: int, check: Callable[[], Awaitable[object]]
) -> AsyncIterator[bytes]:
    """The bytes, until `check` raises; it is called once a second. Raises ObjectMissing before the first piece."""
    position, end, checked_at = start, start + length, time.monotonic()
    while position < end:
        if time.monotonic() - checked_at >= CHECK_SECONDS:
            try:
                await check()
            except AppError:
                return
            checked_at = time.monotonic()
        wanted = min(PIECE_BYTES, end - position)
        piece = b"".join([chunk async for chunk in store.read(path, start=position, length=wanted)])
        if not piece:
            return
        yield piece
        position += len(piece)
