"""Bodies arrive in time and end at their limit, also those that do not say how long they are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coursify.core.errors import BodyTooSlow, TooLarge
from coursify.core.http import bodies

pytestmark = pytest.mark.anyio


async def test_a_body_that_stops_arriving_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)

    async def receive() -> Any:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    take = bodies.limited(receive, 100)
    await take()
    with pytest.raises(BodyTooSlow):
        await take()


async def test_waiting_for_the_client_to_leave_is_not_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.02)
    messages = [{"type": "http.request", "body": b"x", "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        if len(messages) == 1:
            await asyncio.sleep(0.05)
        return messages.pop(0)

    take = bodies.limited(receive, 100)
    assert (await take())["body"] == b"x"
    assert (await take())["type"] == "http.disconnect"


async def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit() -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * 60, "more_body": True}

    take = bodies.limited(receive, 100)
    await take()
    with pytest.raises(TooLarge):
        await take()
