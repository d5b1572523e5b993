"""Answers public GETs with bytes that were made before, in front of the router.

Only operations that are declared with `is_cached` take part, and only requests without a credential, a cookie or a
body, whose parameters the operation knows, each given once. What is kept was answered with 200 and `public, max-age`
(core/http/conditional.py) and has topics (core/answers.py). Requests count for the rate limits all the same.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI

from coursify.core.answers import Answer, Representation
from coursify.core.errors import AppError, TooManyRequests
from coursify.core.http.admission import PLACE, WITHOUT_BODY
from coursify.core.http.bodies import Message, Receive
from coursify.core.http.compression import LEAST_BYTES, accepts_gzip, pack, packed_tag
from coursify.core.http.conditional import TOPICS, matches
from coursify.core.http.context import RouteContext, admission_of, context_of
from coursify.core.http.limits import IS_COUNTED
from coursify.core.http.middleware import SECURITY_HEADERS, App, Ready, Scope, Send
from coursify.core.http.responses import failure
from coursify.core.http.route import Route
from coursify.core.metrics import count_lookup

_MAX_KEY = 2_000
_KNOWN_ADDRESSES = 10_000
# What the inner application must not see: it answers with the whole body, as it is.
_LEFT_OUT = frozenset({b"if-none-match", b"accept-encoding"})
_PUBLIC = "public, max-age="


class PublicCache:
    """Wraps `inner`, which answers for `app`; `routes` are all of its operations, in their order."""

    def __init__(self, app: FastAPI, inner: App, routes: Iterable[Route]) -> None:
        self._app = app
        self._inner = inner
        self._routes = [route for route in routes if route.method == "GET"]
        self._filling: dict[str, asyncio.Task[_Filled]] = {}
        self._find_route = functools.lru_cache(_KNOWN_ADDRESSES)(self._resolve)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except AppError as error:
            # A refusal under overload: from here, because pages of other origins may read it.
            await failure(error)(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        found = self._find_operation(scope, headers)
        if found is None:
            admission_of(self._app).check(scope)
            await self._run(scope, receive, send)
            return
        route, key = found
        context = context_of(self._app)
        try:
            context.limit(scope, route.policy, None)
        except TooManyRequests:
            # The router refuses it in the usual way.
            await self._inner(scope, receive, send)
            return
        scope[IS_COUNTED] = True
        scope["route"] = route
        answer = context.resources.answers.find(key)
        if answer is None or answer.age() > 2 * answer.max_age:
            count_lookup("answers", is_hit=False)
            admission_of(self._app).check(scope)
            await self._answer_new(context, key, scope, receive, send, headers)
            return
        count_lookup("answers", is_hit=True)
        if answer.age() > answer.max_age:
            # Nothing that is announced has changed; one request brings counters up to date, and none waits.
            self._start_filling(context, key, scope)
        await _send(context, key, answer, headers, send)

    def find_ready(self, scope: Scope, headers: dict[bytes, bytes]) -> Ready | None:
        """The response to a request that needs no other layer: its answer is here and fresh, and its rate is kept.

        Pages of other origins need the headers of the layer for them.
        """
        found = None if b"origin" in headers else self._find_operation(scope, headers)
        if found is None:
            return None
        (route, key), context = found, context_of(self._app)
        answer = context.resources.answers.find(key)
        if answer is None or answer.age() > answer.max_age:
            return None
        try:
            context.limit(scope, route.policy, None)
        except TooManyRequests:
            return None
        scope["route"] = route
        count_lookup("answers", is_hit=True)
        return _respond(context, key, answer, headers)

    def _find_operation(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[Route, str] | None:
        """The operation and the key of its answer, when the request may be answered for everyone alike."""
        if scope["method"] != "GET" or _is_private(headers):
            return None
        return self._find_route(scope["path"], scope["query_string"])

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is in the cache never waits: it costs less than a refusal."""
        place = admission_of(self._app).place_for(scope)
        if place is None:
            await self._inner(scope, receive, send)
            return
        await place.take()
        scope[PLACE] = place
        try:
            await self._inner(scope, receive if scope["method"] in WITHOUT_BODY else place.around(receive), send)
        finally:
            place.leave()

    async def _answer_new(
        self, context: RouteContext, key: str, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes]
    ) -> None:
        """The first of several equal requests runs the operation, the others wait for its answer."""
        is_first = key not in self._filling
        filling = self._start_filling(context, key, scope)
        try:
            filled = await asyncio.shield(filling)
        except Exception:
            if is_first:
                raise
            filled = _Filled()
        if filled.answer:
            await _send(context, key, filled.answer, headers, send)
        elif is_first:
            for message in filled.messages:
                await send(message)
        else:
            await self._run(scope, receive, send)

    def _start_filling(self, context: RouteContext, key: str, scope: Scope) -> asyncio.Task[_Filled]:
        filling = self._filling.get(key)
        if filling is None:
            filling = self._filling[key] = asyncio.create_task(self._fill(context, key, scope))
            filling.add_done_callback(lambda done: self._end_filling(key, done))
        return filling

    def _end_filling(self, key: str, done: asyncio.Task[_Filled]) -> None:
        del self._filling[key]
        if not done.cancelled():
            # Who waits for it raises it; a refresh that failed is tried again by the next request.
            done.exception()

    async def _fill(self, context: RouteContext, key: str, scope: Scope) -> _Filled:
        answers, shared = context.resources.answers, context.resources.shared_answers
        changes = answers.changes
        answer, version = await shared.find(key)
        if answer:
            if changes == answers.changes:
                answers.keep(key, answer)
            return _Filled(answer)
        filled, topics = _Filled(), set[str]()
        headers = [(name, value) for name, value in scope["headers"] if name not in _LEFT_OUT]
        await self._run({**scope, "headers": headers, TOPICS: topics}, _receive_nothing, filled.send)
        filled.answer = answer = filled.read(topics)
        if answer and changes == answers.changes:
            answers.keep(key, answer)
            if version is not None:
                await shared.store(key, answer, version)
        return filled

    def _resolve(self, path: str, query: bytes) -> tuple[Route, str] | None:
        """The operation, and the key of the answer: the path, and its parameters sorted, without empty ones."""
        route = next((route for route in self._routes if route.path_regex.match(path)), None)
        if route is None or not route.is_cached:
            return None
        try:
            pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query))
        except ValueError:
            return None
        given = sorted(pair for pair in pairs if pair[1].strip() or pair[0] not in route.query_names)
        names = {name for name, _value in given}
        key = f"{path}?{urlencode(given)}"
        if len(names) < len(given) or names - route.query_names or len(key) > _MAX_KEY:
            return None
        return route, key


@dataclass(slots=True)
class _Filled:
    """What the inner application sent, and the answer that was made of it, if everyone may have it."""

    answer: Answer | None = None
    messages: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    def read(self, topics: set[str]) -> Answer | None:
        if not self.messages or self.messages[0]["status"] != 200 or not topics:
            return None
        headers = {
            name.lower().decode("latin-1"): value.decode("latin-1") for name, value in self.messages[0]["headers"]
        }
        stored = headers.get("cache-control", "")
        if not stored.startswith(_PUBLIC) or "set-cookie" in headers or headers.get("content-type") != _JSON:
            return None
        body = b"".join(message.get("body", b"") for message in self.messages[1:])
        seconds = int(stored.removeprefix(_PUBLIC))
        return Answer(body, headers["etag"], seconds, headers.get("vary", ""), frozenset(topics))


_JSON = "application/json"


def _is_private(headers: dict[bytes, bytes]) -> bool:
    has_body = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    return has_body or b"authorization" in headers or b"cookie" in headers


async def _receive_nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _choose(context: RouteContext, key: str, answer: Answer, accepted: bytes) -> Representation:
    """The representation that the client takes."""
    if len(answer.body) >= LEAST_BYTES and accepted and accepts_gzip(accepted):
        if answer.packed is None:
            packed = _represent(answer, pack(answer.body), packed_tag(answer.tag), (b"content-encoding", b"gzip"))
            context.resources.answers.add_packed(key, answer, packed)
            return packed
        return answer.packed
    if answer.plain is None:
        answer.plain = _represent(answer, answer.body, answer.tag)
    return answer.plain


def _represent(answer: Answer, body: bytes, tag: str, *coding: tuple[bytes, bytes]) -> Representation:
    kept = (
        (b"etag", tag.encode()),
        (b"cache-control", f"{_PUBLIC}{answer.max_age}".encode()),
        (b"vary", answer.vary.encode()),
        *SECURITY_HEADERS,
    )
    length = (b"content-length", str(len(body)).encode())
    return Representation(body, tag, (*kept, *coding, (b"content-type", b"application/json"), length), kept)


def _respond(context: RouteContext, key: str, answer: Answer, headers: dict[bytes, bytes]) -> Ready:
    chosen = _choose(context, key, answer, headers.get(b"accept-encoding", b""))
    expected = headers.get(b"if-none-match")
    if expected is not None and matches(chosen.tag, expected.decode("latin-1")):
        return Ready(304, chosen.headers_of_304, b"")
    return Ready(200, chosen.headers, chosen.body)


async def _send(context: RouteContext, key: str, answer: Answer, headers: dict[bytes, bytes], send: Send) -> None:
    ready = _respond(context, key, answer, headers)
    await send({"type": "http.response.start", "status": ready.status, "headers": ready.headers})
    await send({"type": "http.response.body", "body": ready.body})
