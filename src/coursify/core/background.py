"""Work that goes on beside the requests for as long as a process serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

CANCEL_AGAIN_SECONDS = 0.5


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `work` until the block ends, and return once it has ended too.

    Until Python 3.12 `asyncio.wait_for` swallows a cancellation that comes when its work is done already, and the Redis
    client sends every command through it. So a cancellation is
    repeated: a stop never waits for a task that did not hear it.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=CANCEL_AGAIN_SECONDS)
