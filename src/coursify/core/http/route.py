"""How a request becomes an answer: authenticated → one transaction → answer built → COMMIT → answer sent.

`Route` is the one route class. A client is never told yes about something that may still be lost, a deadlock
runs the handler again with a fresh read, and an Idempotency-Key's answer is stored with the work it answers.
"""

from __future__ import annotations

import asyncio
import functools
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

from coursify.core import idempotency
from coursify.core.caller import Caller
from coursify.core.database import RETRYABLE, UNAVAILABLE, Lease
from coursify.core.errors import (
    AppError,
    NotFound,
    RecordedRefusal,
    Unavailable,
)
from coursify.core.http.bodies import JsonRequest, limited, read_body, reject_duplicate_parameters
from coursify.core.http.context import RouteContext, context_of
from coursify.core.http.dependencies import CALLER, LEASE, Lazy
from coursify.core.http.responses import json_response, render_failure
from coursify.core.policy import Policy

MAX_ATTEMPTS = 3
BODY_IS_SLOW_SECONDS = 0.2
# An id as we write it; the other spellings that Python reads (braces, urn:uuid:) are none.
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """One operation. Owns the transaction of its request (docs/decisions/0002)."""

    def __init__(
        self,
        path: str,
        controller: Callable[..., Awaitable[Response]],
        *,
        method: str,
        operation_id: str,
        policy: Policy,
        tag: str,
        **documented: Any,
    ) -> None:
        self.id = operation_id
        self.method = method
        self.policy = policy
        super().__init__(
            path,
            _resolve_lazy(controller),
            methods=[method],
            name=operation_id,
            operation_id=operation_id,
            tags=[tag],
            **documented,
        )

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        ids = tuple(field.name for field in self.dependant.path_params if field.field_info.annotation is UUID)

        async def handle(request: Request) -> Response:
            context = context_of(request.app)
            bounded = JsonRequest(request.scope, limited(request.receive, self.policy.max_body_bytes))
            try:
                return await _serve(context, self.policy, self.id, bounded, handler, ids)
            except UNAVAILABLE as error:
                raise Unavailable from error

        return handle


async def _serve(
    context: RouteContext, policy: Policy, operation_id: str, request: Request, handler: Handler, ids: tuple[str, ...]
) -> Response:
    try:
        caller = await context.authenticate(request, policy)
    except AppError:
        # A refused request counts against its address, so that trying credentials is limited too.
        await context.limit(request, policy, None)
        raise
    request.scope[CALLER] = caller
    await context.limit(request, policy, caller)
    began = time.monotonic()
    await read_body(request, policy)
    if caller and time.monotonic() - began > BODY_IS_SLOW_SECONDS:
        # The session may have ended while the body arrived slowly.
        caller = request.scope[CALLER] = await context.authenticate(request, policy)
    reject_duplicate_parameters(request)
    if not all(_ID.fullmatch(str(request.path_params[param])) for param in ids):
        raise NotFound
    try:
        async with asyncio.timeout(policy.seconds) as patience:
            return await _answer(context, policy, operation_id, request, handler, caller)
    except TimeoutError as error:
        if patience.expired():
            raise Unavailable from error
        raise


async def _answer(
    context: RouteContext, policy: Policy, operation_id: str, request: Request, handler: Handler, caller: Caller | None
) -> Response:
    key = idempotency.read_key(request.headers.get("idempotency-key"), policy) if caller else None
    if key is None or caller is None:
        return await _run(context, request, handler, attempt=None)
    begun = await idempotency.begin(
        context.resources.database,
        context.resources.sealer,
        user_id=caller.user_id,
        route=operation_id,
        key=key,
        request_hash=idempotency.hash_request(request.url.path, await request.body()),
        lease=idempotency.lease_of(policy),
    )
    if isinstance(begun, idempotency.Replay):
        headers = {"Idempotent-Replayed": "true"} | ({"ETag": begun.etag} if begun.etag else {})
        return json_response(begun.body, status=begun.status, headers=headers)
    try:
        return await _run(context, request, handler, attempt=begun)
    except BaseException:
        # No answer was kept, so the key is free again. Where one was kept after all, this changes nothing.
        await idempotency.release(context.resources.database, begun)
        raise


async def _run(
    context: RouteContext, request: Request, handler: Handler, *, attempt: idempotency.Attempt | None
) -> Response:
    """Run the handler in a transaction; after a deadlock or serialization failure again, with a fresh read."""
    for tries_left in reversed(range(MAX_ATTEMPTS)):
        lease = Lease(context.resources.database)
        request.scope[LEASE] = lease
        try:
            return await _try(context, request, handler, lease, attempt)
        except RETRYABLE as error:
            if not tries_left:
                raise Unavailable from error
        except UNAVAILABLE as error:
            raise Unavailable from error
        finally:
            await lease.rollback()
    raise AssertionError("the last attempt returns or raises")


async def _try(
    context: RouteContext, request: Request, handler: Handler, lease: Lease, attempt: idempotency.Attempt | None
) -> Response:
    """One run: 2xx and final refusals are kept under the key together with the work, other errors never."""
    try:
        response = await handler(request)
    except RecordedRefusal as refusal:
        if attempt is None or not refusal.may_be_replayed:
            await lease.commit()
            raise
        response = json_response(render_failure(refusal), status=refusal.status, headers=refusal.headers)
    except AppError as refusal:
        await lease.rollback()
        if attempt is None or not refusal.may_be_replayed:
            raise
        response = json_response(render_failure(refusal), status=refusal.status, headers=refusal.headers)
    if attempt is None:
        await lease.commit()
    elif lease.is_begun:
        await _keep(context, lease, attempt, response)
    else:
        await _keep_alone(context, lease, attempt, response)
    return response


async def _keep_alone(context: RouteContext, lease: Lease, attempt: idempotency.Attempt, response: Response) -> None:
    """Keep the answer to work that has committed already, or was rolled back: only the keeping is tried again."""
    for tries_left in reversed(range(MAX_ATTEMPTS)):
        try:
            return await _keep(context, lease, attempt, response)
        except (Unavailable, *UNAVAILABLE, *RETRYABLE) as error:
            await lease.rollback()
            if not tries_left:
                raise Unavailable from error
    raise AssertionError("the last attempt returns or raises")


async def _keep(context: RouteContext, lease: Lease, attempt: idempotency.Attempt, response: Response) -> None:
    db, _now = await lease.take()
    await idempotency.keep(
        db,
        context.resources.sealer,
        attempt,
        status=response.status_code,
        body=bytes(response.body),
        etag=response.headers.get("etag"),
    )
    await lease.commit()


def _resolve_lazy(endpoint: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """FastAPI resolves dependencies before it validates a body; a connection must not be taken for a 422."""

    @functools.wraps(endpoint)
    async def call(**values: Any) -> Any:
        for name, value in values.items():
            if isinstance(value, Lazy):
                values[name] = await value.resolve()
        return await endpoint(**values)

    return call
