"""The outermost layer, without an application: bodies in time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from coursify.core.errors import BodyTooSlow
from coursify.core.http import edge

pytestmark = pytest.mark.anyio


async def test_a_body_that_stops_arriving_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.05)

    async def receive() -> Any:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    take = edge._limited(receive)
    await take()
    with pytest.raises(BodyTooSlow):
        await take()


async def test_waiting_for_the_client_to_leave_is_not_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.02)
    messages = [{"type": "http.request", "body": b"x", "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        if len(messages) == 1:
            await asyncio.sleep(0.05)
        return messages.pop(0)

    take = edge._limited(receive)
    assert (await take())["body"] == b"x"
    assert (await take())["type"] == "http.disconnect"
