"""The route class of streams: authenticate → limit → the controller reads and sends bytes as they come.

Unlike `Route` it buffers no body, opens no transaction and takes no Idempotency-Key (docs/decisions/0032). A controller
that stores something opens a short transaction of its own, when the bytes are safe.
"""

from __future__ import annotations

from fastapi import Request, Response

from coursify.core.database import UNAVAILABLE
from coursify.core.errors import AppError, NotFound, TooLarge, Unavailable
from coursify.core.http.bodies import is_declared_larger, limited_stream, reject_duplicate_parameters
from coursify.core.http.context import RouteContext, context_of
from coursify.core.http.dependencies import CALLER
from coursify.core.http.route import ID, Handler, Route
from coursify.core.policy import Policy


class StreamRoute(Route):
    """One operation on a stream. The policy is declared and checked as for every other operation."""

    def get_route_handler(self) -> Handler:
        handler = self.get_plain_handler()
        ids = self.id_parameters()

        async def handle(request: Request) -> Response:
            context = context_of(request.app)
            streamed = Request(request.scope, limited_stream(request.receive, self.policy.max_body_bytes))
            try:
                await _admit(context, self.policy, streamed, ids)
                return await handler(streamed)
            except UNAVAILABLE as error:
                raise Unavailable from error

        return handle


async def _admit(context: RouteContext, policy: Policy, request: Request, ids: tuple[str, ...]) -> None:
    """The checks that every operation has, in their order; nothing of the body is read."""
    try:
        caller = await context.authenticate(request, policy)
    except AppError:
        await context.limit(request, policy, None)
        raise
    request.scope[CALLER] = caller
    await context.limit(request, policy, caller)
    if is_declared_larger(request.headers.get("content-length", "").encode(), policy.max_body_bytes):
        raise TooLarge
    reject_duplicate_parameters(request)
    if not all(ID.fullmatch(str(request.path_params[param])) for param in ids):
        raise NotFound
