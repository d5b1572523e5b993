"""A route with a handler that the test chooses; transactions, keys and errors are the real ones."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, Request, Response

from coursify.core.caller import Caller
from coursify.core.database import LazyTransaction
from coursify.core.http import RouteContext, Router, exception_handlers
from coursify.core.http.admission import Admission
from coursify.core.http.context import set_admission, set_context
from coursify.core.http.dependencies import TRANSACTION
from coursify.core.http.router import PREFIX, add_routes
from coursify.core.policy import Idempotency, Policy, Who

Work = Callable[[LazyTransaction], Awaitable[Response]]
NAME = "probe"


@dataclass(frozen=True)
class Probe:
    """Sends requests to `POST /api/v1/probe`, all by one caller."""

    app: FastAPI
    client: httpx.AsyncClient
    user_id: UUID

    async def post(self, key: str | None = None) -> httpx.Response:
        return await self.client.post(f"{PREFIX}/probe", headers={"Idempotency-Key": key} if key else {})


@asynccontextmanager
async def probing(context: RouteContext, work: Work, *, seconds: float = 15) -> AsyncIterator[Probe]:
    """Serves `work`, which gets the request's transaction, as an operation that takes an Idempotency-Key."""
    user_id = uuid4()
    policy = Policy(Who.SIGNED_IN, idempotency=Idempotency.OPTIONAL, seconds=seconds)
    caller = Caller(user_id, uuid4(), "student", is_email_verified=True, authenticated_at=datetime.now(UTC))

    async def authenticate(_request: Request, _policy: Policy) -> Caller | None:
        return caller

    async def probe(request: Request) -> Response:
        return await work(request.scope[TRANSACTION])

    app = FastAPI()
    set_context(app, dataclasses.replace(context, authenticate=authenticate))
    set_admission(app, Admission())
    router = Router(tag="probe")
    router.post("/probe", operation_id=NAME, policy=policy, response_model=None)(probe)
    add_routes(app, router.routes)
    exception_handlers.install(app, router.routes)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield Probe(app, client, user_id)
