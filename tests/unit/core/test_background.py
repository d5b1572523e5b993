"""Background tasks end with their block, also when they lose the first cancellation."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from coursify.core.background import in_background

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("swallows", [0, 1, 2])
async def test_a_cancellation_that_a_task_lost_is_repeated(swallows: int) -> None:
    heard = 0

    async def work() -> None:
        nonlocal heard
        while True:
            with contextlib.suppress(TimeoutError):
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    heard += 1
                    if heard > swallows:
                        raise

    async with asyncio.timeout(5):
        async with in_background(work()):
            await asyncio.sleep(0.01)
    assert heard == swallows + 1


async def test_a_finished_task_is_not_waited_for() -> None:
    async def work() -> None:
        return None

    async with asyncio.timeout(5):
        async with in_background(work()):
            await asyncio.sleep(0.01)
