"""The outermost layer, plain ASGI: request ids, allowed hosts, security headers, one log line for each request.

For every error the client gets the one error shape with the request id, and the log gets the cause.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import structlog

from coursify.core.counted import STATEMENTS, Statements
from coursify.core.errors import AppError, BadRequest, HeadersTooLarge, HostNotAllowed, NotFound
from coursify.core.faults import report_fault
from coursify.core.http.bodies import Message, Receive
from coursify.core.http.limits import RATE_HEADERS
from coursify.core.http.responses import render_failure
from coursify.core.logging import describe, log, log_request
from coursify.core.metrics import observe_request

Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# The method of the request where it runs as another one.
ASKED_METHOD = "coursify.asked_method"
MAX_HEADER_BYTES = 32_768
MAX_HEADERS = 100
MAX_SEEN_HOSTS = 1_000
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# Prometheus and load balancers ask each process at its own address.
OF_ANY_HOST = frozenset({"/metrics", "/health/live", "/health/ready"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_SECURITY_NAMES = frozenset(name for name, _value in SECURITY_HEADERS)
_NO_STATEMENTS = Statements()
_NOT_STORED = ((b"cache-control", b"no-store"),)


class Ready(NamedTuple):
    """A response that was made before, with all its headers but those of the request."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class OuterMiddleware:
    """Wraps the whole application; `hosts` are the allowed host names (none given: all).

    `find_ready` has responses that need no other layer; `ready_headers` are those that the layers between would add.
    """

    def __init__(
        self,
        app: App,
        *,
        hosts: frozenset[str],
        is_sandbox: bool,
        find_ready: Callable[[Scope, dict[bytes, bytes]], Ready | None],
        ready_headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        self._app = app
        self._find_ready = find_ready
        self._ready_headers = ready_headers
        self._hosts = hosts | _LOOPBACK if is_sandbox else hosts
        # Allowed, as clients wrote them: with a port, in capital letters.
        self._seen_hosts: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        request_id = _request_id(headers)
        rejection = self._reject(scope, headers)
        ready = None if rejection else self._find_ready(scope, headers)
        if ready:
            added = ((b"x-request-id", request_id.encode()), *scope[RATE_HEADERS], *self._ready_headers)
            error = await _send_ready(ready, added, send)
            _log(scope, ready.status, request_id, started, _NO_STATEMENTS, error)
            return
        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        statements = Statements()
        token = STATEMENTS.set(statements)
        body = _Body(headers, receive)
        response = _Response(scope, send, request_id.encode(), body)
        try:
            if rejection:
                await response.fail(rejection)
            else:
                await self._app(scope, body.receive, response.send)
        except Exception as error:  # noqa: BLE001  # any other error becomes a 500 and is logged
            await response.fail_unexpectedly(error)
        finally:
            STATEMENTS.reset(token)
            _log(scope, response.status, request_id, started, statements, response.error)
            structlog.contextvars.reset_contextvars(**bound)

    def _reject(self, scope: Scope, headers: dict[bytes, bytes]) -> AppError | None:
        total, codings, hosts = 0, [], 0
        for name, value in scope["headers"]:
            total += len(name) + len(value)
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding":
                codings.append(value.strip().lower())
        if len(scope["headers"]) > MAX_HEADERS or total > MAX_HEADER_BYTES:
            return HeadersTooLarge()
        if not scope["path"].isprintable() and _CONTROLS.search(scope["path"]):
            # The pattern of a route also matches before a final line feed.
            return NotFound()
        if codings and codings != [b"chunked"]:
            # A proxy may read such a body in another way and see two requests in it (request smuggling).
            return BadRequest()
        if hosts > 1 or not self._is_allowed(headers.get(b"host", b""), scope["path"]):
            return HostNotAllowed()
        return None

    def _is_allowed(self, host: bytes, path: str) -> bool:
        if not self._hosts or host in self._seen_hosts or path in OF_ANY_HOST:
            return True
        if re.sub(r":\d+$", "", host.decode("latin-1").lower()) not in self._hosts:
            return False
        if len(self._seen_hosts) < MAX_SEEN_HOSTS:
            self._seen_hosts.add(host)
        return True


class _Body:
    """Receives the body of the request, and records whether all of it has been read."""

    def __init__(self, headers: dict[bytes, bytes], receive: Receive) -> None:
        self._receive = receive
        self.is_read = b"transfer-encoding" not in headers and headers.get(b"content-length", b"0") == b"0"

    async def receive(self) -> Message:
        message = await self._receive()
        self.is_read = self.is_read or not message.get("more_body", False)
        return message


class _Response:
    """Sends the response of the application with our headers, and records its status."""

    def __init__(self, scope: Scope, send: Send, request_id: bytes, body: _Body) -> None:
        self._scope = scope
        self._send = send
        self._request_id = request_id
        self._body = body
        self.status = 0
        self.error: BaseException | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name.lower() for name, _value in message["headers"]}
            message["headers"] = [
                *message["headers"],
                (b"x-request-id", self._request_id),
                *self._scope.get(RATE_HEADERS, ()),
                *(SECURITY_HEADERS if present.isdisjoint(_SECURITY_NAMES) else _missing(present)),
                *(() if b"cache-control" in present else _NOT_STORED),
                *(() if self._body.is_read else self._closing()),
            ]
        await self._send(message)

    def _closing(self) -> list[tuple[bytes, bytes]]:
        """The rest of a body that was not read would be taken for the next request on the connection."""
        return [] if self._scope.get("http_version") == "2" else [(b"connection", b"close")]

    async def fail(self, error: AppError) -> None:
        body = render_failure(error)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
        await self.send({"type": "http.response.start", "status": error.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def fail_unexpectedly(self, error: Exception) -> None:
        self.error = error
        if not self.status:
            await self.fail(AppError())


def _request_id(headers: dict[bytes, bytes]) -> str:
    """A valid id of the client is kept, so that one id follows a request through all systems."""
    given = headers.get(b"x-request-id")
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


async def _send_ready(ready: Ready, added: tuple[tuple[bytes, bytes], ...], send: Send) -> Exception | None:
    """What went wrong, which is logged as any other error."""
    try:
        await send({"type": "http.response.start", "status": ready.status, "headers": [*ready.headers, *added]})
        await send({"type": "http.response.body", "body": ready.body})
    except Exception as error:  # noqa: BLE001  # the caller logs it
        return error
    return None


def _missing(present: set[bytes]) -> list[tuple[bytes, bytes]]:
    """The security headers that the response does not have yet: pages and documents have their own."""
    return [(name, value) for name, value in SECURITY_HEADERS if name not in present]


def _log(
    scope: Scope,
    status: int,
    request_id: str,
    started: float,
    statements: Statements,
    error: BaseException | None,
) -> None:
    route, seconds = scope.get("route"), time.perf_counter() - started
    # The names of routes are a closed set; what matches no route is one operation.
    operation = getattr(route, "name", None) or "none"
    observe_request(operation, status, seconds, statements)
    line: dict[str, Any] = {
        "method": scope.get(ASKED_METHOD, scope["method"]),
        "route": getattr(route, "path", None),
        "status": status,
        "ms": round(seconds * 1000, 2),
        "sql": statements.count,
        "sql_ms": round(statements.seconds * 1000, 2),
    }
    if error is not None:
        log.error("request failed", **line, error=describe(error))
        report_fault(error, request_id=request_id, operation=operation)
    else:
        log_request(request_id, line)
