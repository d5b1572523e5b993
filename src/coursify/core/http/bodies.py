"""Request bodies: limited in size and time, and parsed as strict JSON."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import Request
from starlette.requests import ClientDisconnect

from coursify.core.errors import BodyIncomplete, BodyTooSlow, Invalid, TooLarge, UnsupportedMedia
from coursify.core.policy import Policy

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

BODY_SECONDS = 30.0


def limited(receive: Receive, max_bytes: int) -> Receive:
    """`receive` that raises TooLarge beyond `max_bytes`, and BodyTooSlow when the body takes more than 30 s."""
    received, is_complete = 0, False
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def take() -> Message:
        nonlocal received, is_complete
        if is_complete:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        is_complete = not message.get("more_body", False)
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise TooLarge
        return message

    return take


def limited_stream(receive: Receive, max_bytes: int) -> Receive:
    """As `limited`, for a body that is read as it arrives: BodyTooSlow when nothing arrives for 30 s."""
    received = 0

    async def take() -> Message:
        nonlocal received
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise TooLarge
        return message

    return take


def is_declared_larger(content_length: bytes, max_bytes: int) -> bool:
    """Whether Content-Length is beyond the limit: then nothing of the body is read."""
    return content_length.isdigit() and int(content_length[:12]) > max_bytes


class JsonRequest(Request):
    """Parses JSON strictly: no NaN, no lone surrogates, limited nesting."""

    async def json(self) -> Any:
        return orjson.loads(await self.body())


async def read_body(request: Request, policy: Policy) -> None:
    """Read the whole body, within the limit of the policy, before the timeout of the operation begins."""
    if is_declared_larger(request.headers.get("content-length", "").encode(), policy.max_body_bytes):
        raise TooLarge
    if request.method in {"POST", "PUT"}:
        try:
            await request.body()
        except ClientDisconnect as error:
            # A client that sent an invalid chunk gets this response; one that disconnected does not.
            raise BodyIncomplete from error
    if not policy.takes_raw_body:
        await _require_json(request)


def drop_empty_parameters(request: Request, names: Collection[str]) -> None:
    """Take `name=` and `name=%20` out of the query of a read: HTML forms send every field, the empty ones too."""
    query: bytes = request.scope.get("query_string", b"")
    if request.method not in {"GET", "HEAD"} or b"=" not in query:
        return
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if value.strip() or name not in names]
    if len(kept) < len(pairs):
        request.scope["query_string"] = urlencode(kept).encode()


def reject_duplicate_parameters(request: Request) -> None:
    """Raise Invalid when a query parameter is given more than once, because it is unclear which value counts."""
    if not request.scope["query_string"]:
        return
    counts = Counter(name for name, _value in request.query_params.multi_items())
    details = [
        {"field": name[:100], "message": "is given more than once"} for name, count in counts.items() if count > 1
    ]
    if details:
        raise Invalid(details=details[:50])


async def _require_json(request: Request) -> None:
    """Raise UnsupportedMedia for a body that is not UTF-8 JSON, before it is parsed."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMedia
    if request.method in {"POST", "PUT"} and await request.body():
        media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
        charset = parameters.partition("charset=")[2].strip(' "')
        if media_type.strip() != "application/json" or charset not in {"", "utf-8"}:
            raise UnsupportedMedia
