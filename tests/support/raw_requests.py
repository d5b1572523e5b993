"""Requests whose path arrives as it is written: an HTTP client would clean it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from coursify.core.http.middleware import App


@dataclass(frozen=True)
class RawAnswer:
    status: int
    content: bytes


async def get_raw(app: App, target: str) -> RawAnswer:
    """GET `target`, decoded once, as a server does it."""
    path, _, query = target.partition("?")
    received: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        received.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(errors="replace"),
        "query_string": query.encode(errors="replace"),
        "root_path": "",
        "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in received[1:])
    return RawAnswer(received[0]["status"], body)
