"""The dependencies of controllers: the connection and time of the transaction, the database, the caller, …"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from coursify.core.caller import Caller
from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database, LazyTransaction
from coursify.core.errors import Unauthorized
from coursify.core.http.address import client_address
from coursify.core.http.context import context_of, resources_of
from coursify.core.pagination import Cursors
from coursify.core.resources import CoreResources
from coursify.core.settings import Settings

TRANSACTION = "coursify.transaction"
CALLER = "coursify.caller"
CHALLENGE = {"WWW-Authenticate": "Bearer"}
# RFC 6750: the token is expired, revoked or malformed, and the client should get another one.
INVALID_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Lazy:
    """A dependency that is resolved just before the controller runs, when all input is valid."""

    def __init__(self, resolve: Callable[[], Awaitable[Any]]) -> None:
        self.resolve = resolve


async def _db(request: Request) -> Any:
    transaction: LazyTransaction = request.scope[TRANSACTION]

    async def resolve() -> Connection:
        return (await transaction.begin()).db

    return Lazy(resolve)


async def _now(request: Request) -> Any:
    transaction: LazyTransaction = request.scope[TRANSACTION]

    async def resolve() -> datetime:
        return (await transaction.begin()).now

    return Lazy(resolve)


async def _transaction(request: Request) -> LazyTransaction:
    transaction: LazyTransaction = request.scope[TRANSACTION]
    return transaction


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
    """The authenticated caller, or None: only on a route that anyone may call."""
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
# The request's transaction, not begun yet: for an operation that needs another connection before it.
RequestTransaction = Annotated[LazyTransaction, Depends(_transaction)]
WithDatabase = Annotated[Database, Depends(_database)]
PageCursors = Annotated[Cursors, Depends(_cursors)]
Seal = Annotated[Sealer, Depends(_sealer)]
Configuration = Annotated[Settings, Depends(_settings)]
ClientAddress = Annotated[str, Depends(_address)]
SignedIn = Annotated[Caller, Depends(_caller)]
MaybeSignedIn = Annotated[Caller | None, Depends(_caller_if_any)]
