"""Health checks: whether the process is alive, and whether it can serve. They are answered under any host name."""

from __future__ import annotations

import asyncio

import redis.asyncio
from fastapi import APIRouter, Request, Response

from coursify.core.applied_schema import USABLE, find_schema_state
from coursify.core.cache import DOWN
from coursify.core.database import Database
from coursify.core.draining import is_draining
from coursify.core.errors import NotReady, Unavailable
from coursify.core.http.context import RouteContext, context_of
from coursify.core.http.responses import reply
from coursify.core.pools import UNAVAILABLE
from coursify.core.queries import system

router = APIRouter(include_in_schema=False)
TIMEOUT_SECONDS = 2.0


@router.get("/health/live")
async def live() -> Response:
    return reply({"status": "live"}, "The process is alive.")


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """200 while PostgreSQL answers reads and transactions, its schema fits this version, and the process stays.

    Redis may be down: the application works without it. Raises NotReady.
    """
    parts = await check_parts(context_of(request.app))
    if parts["postgresql"] == "up" and parts["schema"] in USABLE and parts["process"] == "serving":
        return reply(parts, "Ready.")
    raise NotReady(_sentence(parts["postgresql"], parts["schema"]), parts=parts)


async def check_parts(context: RouteContext) -> dict[str, str]:
    """The state of everything that this process needs to serve."""
    resources = context.resources
    (database, schema), cache = await asyncio.gather(
        _database(resources.database, context.schema_head), _redis(resources.redis)
    )
    process = "draining" if is_draining() else "serving"
    return {"postgresql": database, "schema": schema, "redis": cache, "process": process}


async def _database(database: Database, head: str) -> tuple[str, str]:
    """Whether both pools serve, and the state of the schema."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            async with database.read() as db:
                schema = await find_schema_state(db, head=head)
            async with database.transaction() as transaction:
                await system.ping(transaction.db)
    except (*UNAVAILABLE, Unavailable, TimeoutError):
        return "down", "unknown"
    return "up", schema


async def _redis(client: redis.asyncio.Redis) -> str:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await client.ping()
    except DOWN:
        return "down"
    return "up"


def _sentence(database: str, schema: str) -> str:
    if database != "up":
        return "Not ready: PostgreSQL does not answer."
    if schema not in USABLE:
        return f"Not ready: the schema of the database is {schema}."
    return "Not ready: the process is about to stop."
