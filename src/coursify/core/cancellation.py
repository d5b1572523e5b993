"""Work that must finish even when its task is canceled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def uncanceled(work: Awaitable[Result]) -> Result:
    """Finish `work`; a cancellation that comes before its end is raised afterwards."""
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
