"""Applications as replicas that count views, and what they have stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from tests.support.application import resources_of
from tests.support.classroom import PREFIX, Classroom

from coursify import app as application
from coursify.core.settings import Settings


@dataclass(frozen=True)
class Replica:
    """One process that serves the API."""

    app: FastAPI
    client: httpx.AsyncClient

    async def view(self, course_id: Any, *, agent: str = "a browser", token: str | None = None) -> httpx.Response:
        headers = {"User-Agent": agent} | ({"Authorization": f"Bearer {token}"} if token else {})
        return await self.client.post(f"{PREFIX}/courses/{course_id}/view", headers=headers)

    async def flush(self) -> None:
        await resources_of(self.app).views.flush()


@asynccontextmanager
async def replica(settings: Settings) -> AsyncIterator[Replica]:
    """Another process with these settings, until the block ends: then it shuts down."""
    built = application.build(settings)
    async with built.router.lifespan_context(built):
        transport = httpx.ASGITransport(app=application.wrap(built, settings), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield Replica(built, client)


async def stored(classroom: Classroom) -> list[tuple[int, int]]:
    """Views and viewers of each course and day."""
    rows = await classroom.rows("SELECT views, viewers FROM course_views ORDER BY course_id, day")
    return [(views, viewers) for views, viewers in rows]
