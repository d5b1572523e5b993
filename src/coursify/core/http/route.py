"""The path of a request: authenticate → one transaction → build the response → COMMIT → send the response.

`Route` is the route class of everything but streams (stream_route.py). No success is sent before the commit. After a
deadlock the handler runs again. The response to an Idempotency-Key is stored in the transaction of the operation.
"""

from __future__ import annotations

import asyncio
import functools
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.routing import Match

from coursify.core import idempotency
from coursify.core.caller import Caller
from coursify.core.counted import STATEMENTS, Statements
from coursify.core.database import RETRYABLE, LazyTransaction
from coursify.core.errors import (
    AppError,
    Invalid,
    NotFound,
    RecordedRefusal,
    Unavailable,
)
from coursify.core.http.bodies import (
    JsonRequest,
    drop_empty_parameters,
    limited,
    read_body,
    reject_duplicate_parameters,
)
from coursify.core.http.compression import finish_public_read
from coursify.core.http.context import RouteContext, context_of
from coursify.core.http.dependencies import CALLER, TRANSACTION, resolved_last
from coursify.core.http.parameters import path_params, query_names
from coursify.core.http.responses import failure, json_response
from coursify.core.policy import Policy, Who
from coursify.core.pools import UNAVAILABLE, is_broken

MAX_RUNS = 3
SLOW_BODY_SECONDS = 0.2
# The one spelling of an id that is accepted; Python also reads braces and urn:uuid:.
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """One operation. It owns the transaction of its request (docs/decisions/0002)."""

    def __init__(
        self,
        path: str,
        controller: Callable[..., Awaitable[Response]],
        *,
        method: str,
        operation_id: str,
        policy: Policy,
        tag: str,
        is_cached: bool = False,
        **documented: Any,
    ) -> None:
        self.handler: Handler
        self.id = operation_id
        self.method = method
        self.policy = policy
        self.is_cached = is_cached
        self._beginning = path.partition("{")[0]
        super().__init__(
            path,
            resolved_last(controller),
            methods=[method],
            name=operation_id,
            operation_id=operation_id,
            tags=[tag],
            **documented,
        )

    def matches(self, scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        """Most routes begin in another way than the path: that is seen without a regular expression."""
        if not scope["path"].startswith(self._beginning) and not scope.get("root_path"):
            return Match.NONE, {}
        return super().matches(scope)

    def get_plain_handler(self) -> Handler:
        """The framework's own handler: it validates the input and calls the controller."""
        return super().get_route_handler()

    def id_parameters(self) -> tuple[str, ...]:
        return tuple(field.name for field in path_params(self.dependant) if field.field_info.annotation is UUID)

    @functools.cached_property
    def query_names(self) -> frozenset[str]:
        """The query parameters that the operation knows."""
        return frozenset(query_names(self.dependant))

    def render_failure(self, request: Request, error: AppError) -> Response:  # noqa: ARG002  # pages read it
        """An error as clients of this operation read it."""
        return failure(error)

    def get_route_handler(self) -> Handler:
        handler, ids = self.get_plain_handler(), self.id_parameters()
        is_public_read = self.method == "GET" and self.policy.who is Who.ANYONE

        async def handle(request: Request) -> Response:
            context = context_of(request.app)
            drop_empty_parameters(request, self.query_names)
            bounded = JsonRequest(request.scope, limited(request.receive, self.policy.max_body_bytes))
            try:
                response = await _serve(context, self.policy, self.id, bounded, handler, ids)
                return finish_public_read(bounded, response) if is_public_read else response
            except AppError as error:
                context.count_failure(request, self.policy, error)
                raise
            except RequestValidationError:
                context.count_failure(request, self.policy, Invalid())
                raise
            except UNAVAILABLE as error:
                raise Unavailable from error

        self.handler = handle
        return handle


async def admit(context: RouteContext, policy: Policy, request: Request) -> Caller | None:
    """Authenticate the caller and count the request, before anything of its body is read."""
    try:
        caller = await context.authenticate(request, policy)
    except AppError:
        # A rejected request counts for its address, so that trying credentials is limited too.
        context.limit(request.scope, policy, None)
        raise
    request.scope[CALLER] = caller
    context.limit(request.scope, policy, caller)
    return caller


def check_parameters(request: Request, ids: tuple[str, ...]) -> None:
    """Raises Invalid for a query parameter that is given twice, and NotFound for another spelling of an id."""
    reject_duplicate_parameters(request)
    if not all(_ID.fullmatch(str(request.path_params[param])) for param in ids):
        raise NotFound


async def _serve(
    context: RouteContext, policy: Policy, operation_id: str, request: Request, handler: Handler, ids: tuple[str, ...]
) -> Response:
    caller = await admit(context, policy, request)
    began = time.monotonic()
    await read_body(request, policy)
    if caller and time.monotonic() - began > SLOW_BODY_SECONDS:
        # The session may have ended while the body was received.
        caller = request.scope[CALLER] = await context.authenticate(request, policy)
    check_parameters(request, ids)
    try:
        async with asyncio.timeout(policy.seconds) as timeout:
            return await _respond(context, policy, operation_id, request, handler, caller)
    except TimeoutError as error:
        if timeout.expired():
            raise Unavailable from error
        raise


async def _respond(
    context: RouteContext, policy: Policy, operation_id: str, request: Request, handler: Handler, caller: Caller | None
) -> Response:
    key = idempotency.read_key(request.headers.get("idempotency-key"), policy) if caller else None
    if key is None or caller is None:
        return await run_handler(context, request, handler)
    leased = await idempotency.lease_key(
        context.resources.database,
        context.resources.sealer,
        user_id=caller.user_id,
        route=operation_id,
        key=key,
        request_hash=idempotency.hash_request(request.url.path, await request.body()),
        duration=idempotency.lease_duration(policy),
    )
    if isinstance(leased, idempotency.Replay):
        headers = {"Idempotent-Replayed": "true"} | ({"ETag": leased.etag} if leased.etag else {})
        return json_response(leased.body, status=leased.status, headers=headers)
    try:
        return await run_handler(context, request, handler, key_lease=leased)
    except BaseException:
        # Without a stored response the key is free again; if a response was stored after all, this changes nothing.
        await idempotency.release_key(context.resources.database, leased)
        raise


async def run_handler(
    context: RouteContext, request: Request, handler: Handler, *, key_lease: idempotency.KeyLease | None = None
) -> Response:
    """Run the handler in a transaction; after a deadlock or a serialization failure run it again.

    So is a GET whose very first statement found its connection broken: nothing has been done by then.
    """
    statements = STATEMENTS.get() or Statements()
    for runs_left in reversed(range(MAX_RUNS)):
        transaction = LazyTransaction(context.resources.database)
        request.scope[TRANSACTION] = transaction
        counted = statements.count
        try:
            return await _run_once(context, request, handler, transaction, key_lease)
        except RETRYABLE as error:
            if not runs_left:
                raise Unavailable from error
        except UNAVAILABLE as error:
            is_first = request.method == "GET" and statements.count - counted == 1
            if not (is_first and is_broken(error) and runs_left):
                raise Unavailable from error
            await context.resources.database.replace_connections()
        finally:
            await transaction.rollback()
    raise AssertionError("the last run returns or raises")


async def _run_once(
    context: RouteContext,
    request: Request,
    handler: Handler,
    transaction: LazyTransaction,
    key_lease: idempotency.KeyLease | None,
) -> Response:
    """A 2xx response or a final error is stored under the key, in this transaction; other errors are not."""
    try:
        response = await handler(request)
    except RecordedRefusal as refusal:
        if key_lease is None or not refusal.may_be_replayed:
            await transaction.commit()
            raise
        response = failure(refusal)
    except AppError as refusal:
        await transaction.rollback()
        if key_lease is None or not refusal.may_be_replayed:
            raise
        response = failure(refusal)
    if key_lease is None:
        await transaction.commit()
    elif transaction.is_begun:
        await _store(context, transaction, key_lease, response)
    else:
        await _store_alone(context, transaction, key_lease, response)
    return response


async def _store_alone(
    context: RouteContext, transaction: LazyTransaction, key_lease: idempotency.KeyLease, response: Response
) -> None:
    """Store the response of an operation that has already committed or rolled back; only the storing is retried."""
    for runs_left in reversed(range(MAX_RUNS)):
        try:
            return await _store(context, transaction, key_lease, response)
        except (Unavailable, *UNAVAILABLE, *RETRYABLE) as error:
            await transaction.rollback()
            if not runs_left:
                raise Unavailable from error
    raise AssertionError("the last run returns or raises")


async def _store(
    context: RouteContext, transaction: LazyTransaction, key_lease: idempotency.KeyLease, response: Response
) -> None:
    db, _now = await transaction.begin()
    await idempotency.store_response(
        db,
        context.resources.sealer,
        key_lease,
        status=response.status_code,
        body=bytes(response.body),
        etag=response.headers.get("etag"),
    )
    await transaction.commit()
