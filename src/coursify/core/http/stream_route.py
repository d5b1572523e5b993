"""The route class of streams: authenticate → limit → the controller reads and sends bytes as they come.

Unlike `Route` it buffers no body, opens no transaction and takes no Idempotency-Key (docs/decisions/0032). A controller
that stores something opens a short transaction of its own, when the bytes are safe.
"""

from __future__ import annotations

from fastapi import Request, Response

from coursify.core.errors import TooLarge, Unavailable
from coursify.core.http.admission import PLACE
from coursify.core.http.bodies import drop_empty_parameters, is_declared_larger, limited_stream
from coursify.core.http.context import context_of
from coursify.core.http.route import Handler, Route, admit, check_parameters
from coursify.core.pools import UNAVAILABLE


class StreamRoute(Route):
    """One operation on a stream. The policy is declared and checked as for every other operation."""

    def get_route_handler(self) -> Handler:
        handler = self.get_plain_handler()
        ids = self.id_parameters()

        async def handle(request: Request) -> Response:
            context = context_of(request.app)
            drop_empty_parameters(request, self.query_names)
            streamed = Request(request.scope, limited_stream(request.receive, self.policy.max_body_bytes))
            try:
                await admit(context, self.policy, streamed)
                if place := request.scope.get(PLACE):
                    # It takes as long as the client's network.
                    place.leave()
                if is_declared_larger(request.headers.get("content-length", "").encode(), self.policy.max_body_bytes):
                    raise TooLarge
                check_parameters(streamed, ids)
                return await handler(streamed)
            except UNAVAILABLE as error:
                raise Unavailable from error

        self.handler = handle
        return handle
