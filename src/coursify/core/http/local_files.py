"""A whole file of this machine as a response."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from fastapi import Response
from starlette.types import Receive, Scope, Send

# The server reads and sends the file itself: measured for 1 MiB, a quarter of the CPU time of sending its bytes.
PATHSEND = "http.response.pathsend"


class LocalFile(Response):
    """Raises FileNotFoundError when it is made, if there is no such file."""

    def __init__(self, path: Path, *, media_type: str, headers: Mapping[str, str]) -> None:
        self._path = path
        size = path.stat().st_size
        super().__init__(None, media_type=media_type, headers={**headers, "Content-Length": str(size)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if PATHSEND in scope.get("extensions", {}):
            await send({"type": PATHSEND, "path": str(self._path)})
        else:
            await send({"type": "http.response.body", "body": await asyncio.to_thread(self._path.read_bytes)})
