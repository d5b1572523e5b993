"""The dependencies of controllers: the connection and time of the transaction, the database, the caller, …"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, get_type_hints

from fastapi import Depends, Request, Response, params

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


async def _db(request: Request) -> Connection:
    transaction: LazyTransaction = request.scope[TRANSACTION]
    return (await transaction.begin()).db


async def _now(request: Request) -> datetime:
    transaction: LazyTransaction = request.scope[TRANSACTION]
    return (await transaction.begin()).now


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


def resolved_last(controller: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """The controller as the framework sees it: without the dependencies that take nothing but the request.

    The framework resolves dependencies before it validates a body; an invalid body must not open a connection. So
    these are resolved here, when all input is valid, which is also cheaper.
    """
    hints = get_type_hints(controller, include_extras=True)
    signature = inspect.signature(controller)
    resolvers = {name: found for name in signature.parameters if (found := _resolver_of(hints[name]))}
    kept = [
        part.replace(annotation=hints[name]) for name, part in signature.parameters.items() if name not in resolvers
    ]
    given = next((part.name for part in kept if part.annotation is Request), None)
    passed = given or "request"

    async def call(**values: Any) -> Response:
        request: Request = values[passed] if given else values.pop(passed)
        for name, resolve in resolvers.items():
            values[name] = await resolve(request)
        return await controller(**values)

    if given is None:
        kept.append(inspect.Parameter(passed, inspect.Parameter.KEYWORD_ONLY, annotation=Request))
    functools.update_wrapper(call, controller)
    call.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # read by inspect.signature
    return call


def _resolver_of(annotation: Any) -> Callable[[Request], Awaitable[Any]] | None:
    """The function of a dependency that takes the request and nothing else."""
    found = next((each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, params.Depends)), None)
    if found is None or found.dependency is None:
        return None
    is_simple = [*inspect.signature(found.dependency).parameters] == ["request"]
    return found.dependency if is_simple else None
