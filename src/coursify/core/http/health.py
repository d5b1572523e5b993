"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from coursify.core import queries
from coursify.core.database import UNAVAILABLE, Database
from coursify.core.errors import Unavailable
from coursify.core.http.answers import reply
from coursify.core.http.route import Doorway

router = APIRouter(include_in_schema=False)
PATIENCE_SECONDS = 2.0


@router.get("/health/live")
async def live() -> Response:
    return reply({"status": "live"}, "The process is alive.")


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """200 when PostgreSQL answers; Redis may be away, nothing but speed is lost."""
    doorway: Doorway = request.app.state.doorway
    database, redis = await asyncio.gather(_database(doorway.database), _redis(request))
    parts = {"postgresql": database, "redis": redis}
    if database != "up":
        return reply(parts, "Not ready: PostgreSQL does not answer.", status=503, headers={"Retry-After": "1"})
    return reply(parts, "Ready.")


async def _database(database: Database) -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), database.read() as db:
            await queries.ping(db)
    except (*UNAVAILABLE, Unavailable, TimeoutError):
        return "down"
    return "up"


async def _redis(request: Request) -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return "up" if await request.app.state.ping_redis() else "down"
    except (OSError, TimeoutError):
        return "down"
