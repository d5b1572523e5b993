"""Request bodies have a time limit and a size limit, with and without Content-Length."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coursify.core.errors import BodyTooSlow, TooLarge
from coursify.core.http import bodies

pytestmark = pytest.mark.anyio


async def test_a_body_that_stops_arriving_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)

    async def receive() -> Any:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    take = bodies.limited(receive, 100)
    await take()
    with pytest.raises(BodyTooSlow):
        await take()


async def test_waiting_for_a_disconnect_has_no_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.02)
    messages = [{"type": "http.request", "body": b"x", "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        if len(messages) == 1:
            await asyncio.sleep(0.05)
        return messages.pop(0)

    take = bodies.limited(receive, 100)
    assert (await take())["body"] == b"x"
    assert (await take())["type"] == "http.disconnect"


async def test_a_body_without_content_length_ends_at_the_limit() -> None:
    async def receive() -> Any:
        return {"type": "http.request", "body": b"x" * 60, "more_body": True}

    take = bodies.limited(receive, 100)
    await take()
    with pytest.raises(TooLarge):
        await take()
