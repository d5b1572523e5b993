"""Requests of an admin to the work list."""

from __future__ import annotations

from typing import Any

import httpx
from tests.support.classroom import Person

Json = dict[str, Any]


async def items(admin: Person, **filters: str) -> list[Json]:
    """The items, newest first; the open ones unless `state` says otherwise."""
    answer = await admin.get("/admin/attention", params=filters)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["data"]
    return found


async def the_item(admin: Person, kind: str) -> Json:
    """The one open item of this kind."""
    (found,) = await items(admin, kind=kind)
    return found


async def act(admin: Person, item: Json, action: str, **body: Any) -> httpx.Response:
    return await admin.post(f"/admin/attention/{item['id']}/{action}", body)
