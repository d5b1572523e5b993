"""A small load: keep-alive connections that send one prepared request after another, and note how long each took."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: a method, a path, and perhaps a credential and a JSON body."""

    method: str
    path: str
    token: str | None = None
    body: bytes = b""

    def encode(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(self.body)}"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if self.body:
            lines.append("Content-Type: application/json")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True, slots=True)
class Round:
    """One round: requests per second, and percentiles in milliseconds; anything but 2xx is an error."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int


async def run_round(host: str, port: int, request: Request, *, seconds: float) -> Round:
    """As many requests as CONNECTIONS connections can make in so many seconds."""
    taken: list[float] = []
    errors = 0
    payload = request.encode(f"{host}:{port}")
    deadline = time.perf_counter() + seconds

    async def one() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(host, port)
        while time.perf_counter() < deadline:
            started = time.perf_counter()
            writer.write(payload)
            status = await _answer(reader)
            taken.append(time.perf_counter() - started)
            errors += not 200 <= status < 300
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    taken.sort()
    return Round(
        per_second=len(taken) / seconds,
        p50_ms=_percentile(taken, 0.50),
        p95_ms=_percentile(taken, 0.95),
        p99_ms=_percentile(taken, 0.99),
        errors=errors,
    )


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    start = lower.index(b"content-length:") + len(b"content-length:")
    await reader.readexactly(int(lower[start : lower.index(b"\r\n", start)]))
    return int(head[9:12])


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0
