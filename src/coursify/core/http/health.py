"""Health checks: whether the process is alive, and whether it can serve."""

from __future__ import annotations

import asyncio

import redis.asyncio
from fastapi import APIRouter, Request, Response

from coursify.core.cache import DOWN
from coursify.core.database import UNAVAILABLE, Database
from coursify.core.errors import Unavailable
from coursify.core.http.context import resources_of
from coursify.core.http.responses import reply
from coursify.core.queries import system
from coursify.core.resources import CoreResources

router = APIRouter(include_in_schema=False)
TIMEOUT_SECONDS = 2.0


@router.get("/health/live")
async def live() -> Response:
    return reply({"status": "live"}, "The process is alive.")


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """200 when PostgreSQL answers reads and transactions. Redis may be down: the application works without it."""
    resources = resources_of(request, CoreResources)
    database, redis = await asyncio.gather(_database(resources.database), _redis(resources.redis))
    parts = {"postgresql": database, "redis": redis}
    if database != "up":
        return reply(parts, "Not ready: PostgreSQL does not answer.", status=503, headers={"Retry-After": "1"})
    return reply(parts, "Ready.")


async def _database(database: Database) -> str:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            async with database.read() as db:
                await system.ping(db)
            async with database.transaction() as transaction:
                await system.ping(transaction.db)
    except (*UNAVAILABLE, Unavailable, TimeoutError):
        return "down"
    return "up"


async def _redis(client: redis.asyncio.Redis) -> str:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await client.ping()
    except DOWN:
        return "down"
    return "up"
