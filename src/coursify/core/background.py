"""Work that goes on beside the requests, and work that a canceled request must not leave undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

CANCEL_AGAIN_SECONDS = 0.5
Result = TypeVar("Result")


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


async def uncanceled(work: Awaitable[Result]) -> Result:
    """Finish `work` although the task is canceled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(_as_coroutine(work))
    canceled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
            canceled = True
        except Exception:  # noqa: BLE001  # task.result() below raises it
            break
    if canceled:
        if not task.cancelled() and task.exception() is not None:
            raise asyncio.CancelledError from task.exception()
        raise asyncio.CancelledError
    return task.result()


def _as_coroutine(work: Awaitable[Result]) -> Coroutine[Any, Any, Result]:
    async def wait() -> Result:
        return await work

    return wait()
