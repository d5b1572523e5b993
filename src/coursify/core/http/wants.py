"""What a controller may ask for: the transaction's connection, its moment, the database, the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from coursify.core.database import Connection, Database, Lease
from coursify.core.operations import Caller
from coursify.core.pagination import Cursors

if TYPE_CHECKING:
    from coursify.core.http.route import Doorway

LEASE = "coursify.lease"
CALLER = "coursify.caller"


class Wanted:
    """A dependency's place-holder; the thing itself is taken just before the handler runs, when all input is valid."""

    def __init__(self, take: Callable[[], Awaitable[Any]]) -> None:
        self.take = take


async def _want_db(request: Request) -> Any:
    lease: Lease = request.scope[LEASE]

    async def take() -> Connection:
        return (await lease.take()).db

    return Wanted(take)


async def _want_now(request: Request) -> Any:
    lease: Lease = request.scope[LEASE]

    async def take() -> datetime:
        return (await lease.take()).now

    return Wanted(take)


async def _lease(request: Request) -> Lease:
    lease: Lease = request.scope[LEASE]
    return lease


async def _database(request: Request) -> Database:
    doorway: Doorway = request.app.state.doorway
    return doorway.database


async def _cursors(request: Request) -> Cursors:
    doorway: Doorway = request.app.state.doorway
    return doorway.cursors


def caller_of(request: Request) -> Caller | None:
    """Who the gate found; None on a route that anyone may call."""
    caller: Caller | None = request.scope.get(CALLER)
    return caller


Db = Annotated[Connection, Depends(_want_db)]
Now = Annotated[datetime, Depends(_want_now)]
# The request's transaction before it began: for work that must come before it, and take a connection of its own.
RequestLease = Annotated[Lease, Depends(_lease)]
Data = Annotated[Database, Depends(_database)]
PageCursors = Annotated[Cursors, Depends(_cursors)]
