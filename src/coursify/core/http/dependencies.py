"""What a controller may ask for: the transaction's connection, its moment, the database, the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from coursify.core.caller import Caller
from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database, Lease
from coursify.core.errors import Unauthorized
from coursify.core.http.address import client_address
from coursify.core.http.context import context_of, resources_of
from coursify.core.pagination import Cursors
from coursify.core.resources import CoreResources
from coursify.core.settings import Settings

LEASE = "coursify.lease"
CALLER = "coursify.caller"
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Lazy:
    """Stands in for a dependency; `resolve` is called just before the controller runs, when all input is valid."""

    def __init__(self, resolve: Callable[[], Awaitable[Any]]) -> None:
        self.resolve = resolve


async def _db(request: Request) -> Any:
    lease: Lease = request.scope[LEASE]

    async def resolve() -> Connection:
        return (await lease.take()).db

    return Lazy(resolve)


async def _now(request: Request) -> Any:
    lease: Lease = request.scope[LEASE]

    async def resolve() -> datetime:
        return (await lease.take()).now

    return Lazy(resolve)


async def _lease(request: Request) -> Lease:
    lease: Lease = request.scope[LEASE]
    return lease


async def _database(request: Request) -> Database:
    return resources_of(request, CoreResources).database


async def _cursors(request: Request) -> Cursors:
    return resources_of(request, CoreResources).cursors


async def _sealer(request: Request) -> Sealer:
    return resources_of(request, CoreResources).sealer


async def _settings(request: Request) -> Settings:
    return resources_of(request, CoreResources).settings


async def _address(request: Request) -> str:
    return client_address(request.scope, context_of(request.app).trusted_proxies)


def caller_of(request: Request) -> Caller | None:
    """Who was authenticated; None on a route that anyone may call."""
    caller: Caller | None = request.scope.get(CALLER)
    return caller


async def _caller(request: Request) -> Caller:
    caller = caller_of(request)
    if caller is None:
        raise Unauthorized(headers=CHALLENGE)
    return caller


async def _caller_if_any(request: Request) -> Caller | None:
    return caller_of(request)


Db = Annotated[Connection, Depends(_db)]
Now = Annotated[datetime, Depends(_now)]
# The request's transaction before it began: for work that must come before it, and take a connection of its own.
RequestLease = Annotated[Lease, Depends(_lease)]
Data = Annotated[Database, Depends(_database)]
PageCursors = Annotated[Cursors, Depends(_cursors)]
Seal = Annotated[Sealer, Depends(_sealer)]
Configuration = Annotated[Settings, Depends(_settings)]
ClientAddress = Annotated[str, Depends(_address)]
SignedIn = Annotated[Caller, Depends(_caller)]
MaybeSignedIn = Annotated[Caller | None, Depends(_caller_if_any)]
