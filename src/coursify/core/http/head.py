"""HEAD wherever GET is: the same request, answered without its body."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from coursify.core.http.bodies import Message, Receive
from coursify.core.http.middleware import ASKED_METHOD, App, Scope, Send
from coursify.core.http.route import Route


class HeadAsGet:
    """Runs a HEAD as a GET and sends its headers alone. Operations that declare HEAD themselves get it unchanged."""

    def __init__(self, app: App, routes: Sequence[Route]) -> None:
        self._app = app
        self._own = [route.path_regex for route in routes if route.method == "HEAD"]

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if not is_head or any(pattern.match(scope["path"]) for pattern in self._own):
            return self._app(scope, receive, send)

        async def send_headers(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # The server still sees HEAD: a Content-Length without a body is right for it.
        return self._app({**scope, "method": "GET", ASKED_METHOD: "HEAD"}, receive, send_headers)
