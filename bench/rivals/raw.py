"""The limit: granian serves one fixed answer. BODY names a file with its bytes, HEADERS one with its headers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

BODY = Path(os.environ["BODY"]).read_bytes()
HEADERS = [
    tuple(part.strip().encode() for part in line.split(":", 1))
    for line in Path(os.environ["HEADERS"]).read_text().splitlines()
]


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})
