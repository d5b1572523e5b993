"""A load of prepared requests over keep-alive connections; `python -m bench.load` where no wrk is at hand.

Closed: each connection sends its next request when its answer has come. Open: requests are sent when they are due,
however long answers take. Latencies of refusals (429, 503) are kept apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import ssl
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

# Connections that are being opened at once; requests that are due wait for these, or for one that is free before.
OPENING = 20
REFUSALS = (429, 503)
SOCKETS = 20_000
LAST_ANSWERS = 10.0


@dataclass
class Outcomes:
    """Milliseconds by what came of a request; `at` are seconds since the load began, of the answers in `good`."""

    good: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    broken: int = 0
    at: list[float] = field(default_factory=list)
    refused_at: list[float] = field(default_factory=list)

    def note(self, status: int, milliseconds: float, at: float) -> None:
        if 200 <= status < 300:
            self.good.append(milliseconds)
            self.at.append(at)
        elif status in REFUSALS:
            self.refused.append(milliseconds)
            self.refused_at.append(at)
        else:
            self.failed.append(status)

    def summary(self, seconds: float) -> dict[str, float]:
        return {
            "requests": len(self.good) + len(self.refused) + len(self.failed),
            "seconds": seconds,
            "good": len(self.good),
            "p50": percentile(self.good, 0.50),
            "p95": percentile(self.good, 0.95),
            "p99": percentile(self.good, 0.99),
            "refused": len(self.refused),
            "refused_p50": percentile(self.refused, 0.50),
            "refused_p99": percentile(self.refused, 0.99),
            "failed": len(self.failed),
            "broken": self.broken,
        }


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def read_requests(path: Path, host: str) -> list[bytes]:
    """The lines of `requests.lua`, as they are sent."""
    return [encode(*line.split("\t", 3), host=host) for line in path.read_text().splitlines()]


def encode(method: str, path: str, headers: str, body: str, *, host: str) -> bytes:
    given = [header.replace(":", ": ", 1) for header in headers.split("|") if header]
    if body:
        given.append(f"Content-Length: {len(body.encode())}")
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *given, "", body]).encode()


Done = Callable[["Connection", int, float], None]


class Connection(asyncio.Protocol):
    """Sends one request at a time; `done` gets the status (0: the connection broke) and the milliseconds."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self._buffer = b""
        self._missing = 0
        self._status = 0
        self._began = 0.0
        self.is_waiting = False
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # of a TCP connection

    @property
    def is_open(self) -> bool:
        return self.transport is not None

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def send(self, request: bytes, began: float | None = None) -> None:
        """`began`: when the request was due, if that was before now."""
        self._began = began or time.perf_counter()
        self.is_waiting = True
        if self.transport is None:
            raise ValueError("it is not connected")
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if not self._status:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._status = int(self._buffer[9:12])
            self._missing = end + 4 + _length(self._buffer[:end].lower()) - len(self._buffer)
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            status, self._status, self._buffer, self.is_waiting = self._status, 0, b"", False
            self._done(self, status, (time.perf_counter() - self._began) * 1000)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self.transport = None
        if self.is_waiting:
            self.is_waiting = False
            self._done(self, 0, (time.perf_counter() - self._began) * 1000)


def _length(head: bytes) -> int:
    start = head.find(b"content-length:")
    if start < 0:
        return 0
    return int(head[start + 15 :].split(b"\r", 1)[0])


@dataclass(frozen=True)
class Target:
    """Where the load goes: an address, its certificate if it has one, and the addresses that clients come from."""

    url: str
    tls: ssl.SSLContext | None = None
    sources: tuple[str, ...] = ()

    async def connect(self, done: Done, number: int) -> Connection:
        address = urlsplit(self.url)
        source = (self.sources[number % len(self.sources)], 0) if self.sources else None
        _transport, made = await asyncio.get_running_loop().create_connection(
            lambda: Connection(done), address.hostname, address.port, ssl=self.tls, local_addr=source
        )
        return made


async def closed_loop(
    target: Target, requests: Iterator[bytes], *, connections: int, seconds: float, pause: float = 0
) -> Outcomes:
    """As many requests as so many connections can make. `pause`: seconds before each request, on average."""
    made = _ClosedLoop(requests, connections, pause)
    return await made.run(target, seconds)


class _ClosedLoop:
    def __init__(self, requests: Iterator[bytes], connections: int, pause: float) -> None:
        self._requests = requests
        self._pause = pause
        self._count = self._left = connections
        self._outcomes = Outcomes()
        self._is_over = asyncio.Event()
        self._began = self._deadline = 0.0

    async def run(self, target: Target, seconds: float) -> Outcomes:
        made = [await target.connect(self._done, number) for number in range(self._count)]
        self._began = time.perf_counter()
        self._deadline = self._began + seconds
        for connection in made:
            self._send(connection)
        try:
            await asyncio.wait_for(self._is_over.wait(), seconds + LAST_ANSWERS)
        except TimeoutError:
            self._outcomes.broken += self._left
        for connection in made:
            connection.close()
        return self._outcomes

    def _done(self, connection: Connection, status: int, milliseconds: float) -> None:
        now = time.perf_counter()
        if status == 0:
            self._outcomes.broken += 1
        elif now < self._deadline:
            self._outcomes.note(status, milliseconds, now - self._began)
            self._send(connection)
            return
        self._end_one()

    def _send(self, connection: Connection) -> None:
        if not self._pause:
            connection.send(next(self._requests))
            return
        seconds = random.uniform(0, 2 * self._pause)  # noqa: S311  # not a secret
        if time.perf_counter() + seconds < self._deadline:
            asyncio.get_running_loop().call_later(seconds, self._send_now, connection)
        else:
            self._end_one()

    def _send_now(self, connection: Connection) -> None:
        if connection.is_open:
            connection.send(next(self._requests))
            return
        self._outcomes.broken += 1
        self._end_one()

    def _end_one(self) -> None:
        self._left -= 1
        if not self._left:
            self._is_over.set()


@dataclass
class Stream:
    """Requests of one kind that are due `rate` times a second, and what came of them."""

    name: str
    requests: Iterator[bytes]
    rate: float
    outcomes: Outcomes = field(default_factory=Outcomes)
    sent: int = 0


async def open_loop(
    target: Target, streams: list[Stream], *, seconds: float, ready: int = 0, most_connections: int = 4_000
) -> None:
    """Sends each request when it is due, or when a connection is free; one that never finds any counts as broken.

    `ready`: connections that are opened before. By TLS each takes this process a millisecond, which a crowd of clients
    does not share: opened while requests are due, they would be most of what is measured.
    """
    loop = _OpenLoop(target, most_connections)
    try:
        await loop.open(ready)
        await loop.run(streams, seconds)
    finally:
        loop.close()


class _OpenLoop:
    def __init__(self, target: Target, most_connections: int) -> None:
        self._target = target
        self._most = most_connections
        self._count = 0
        self._idle: list[Connection] = []
        # Whose request a connection sent last.
        self._streams: dict[Connection, Stream] = {}
        self._opening: set[asyncio.Task[None]] = set()
        # Requests that no connection has sent yet, and since when they are due.
        self._due: deque[tuple[Stream, bytes, float]] = deque()
        self._began = 0.0

    async def open(self, count: int) -> None:
        for _ in range(count):
            self._idle.append(await self._target.connect(self._done, self._count))
            self._count += 1

    async def run(self, streams: list[Stream], seconds: float) -> None:
        self._began = time.perf_counter()
        while (now := time.perf_counter() - self._began) < seconds:
            for stream in streams:
                while stream.sent < now * stream.rate:
                    stream.sent += 1
                    self._due.append((stream, next(stream.requests), time.perf_counter()))
            self._send_due()
            await asyncio.sleep(0.001)
        ends_at = time.perf_counter() + LAST_ANSWERS
        while time.perf_counter() < ends_at and (self._due or self._is_waiting()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for stream, _request, _since in self._due:
            stream.outcomes.broken += 1

    def _is_waiting(self) -> bool:
        return any(connection.is_waiting for connection in self._streams)

    def close(self) -> None:
        for task in self._opening:
            task.cancel()
        for connection in {*self._streams, *self._idle}:
            connection.close()

    def _send_due(self) -> None:
        while self._due and self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                stream, request, since = self._due.popleft()
                self._streams[connection] = stream
                connection.send(request, since)
            else:
                self._forget(connection)
        while len(self._opening) < min(OPENING, len(self._due)) and self._count < self._most:
            self._count += 1
            task = asyncio.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        try:
            self._idle.append(await self._target.connect(self._done, self._count))
        except OSError:
            self._count -= 1
            if self._due:
                self._due.popleft()[0].outcomes.broken += 1
        self._send_due()

    def _done(self, connection: Connection, status: int, milliseconds: float) -> None:
        outcomes = self._streams[connection].outcomes
        if status == 0:
            outcomes.broken += 1
            self._forget(connection)
            return
        outcomes.note(status, milliseconds, time.perf_counter() - self._began)
        self._idle.append(connection)
        self._send_due()

    def _forget(self, connection: Connection) -> None:
        self._count -= 1
        self._streams.pop(connection, None)


def allow_sockets() -> None:
    """Of this process and of those that it starts."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = SOCKETS if hard == resource.RLIM_INFINITY else min(SOCKETS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def around(requests: list[bytes], start: int = 0) -> Iterator[bytes]:
    """One after another, for ever."""
    place = start
    while True:
        yield requests[place % len(requests)]
        place += 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=3)
    given = parser.parse_args()
    allow_sockets()
    requests = around(read_requests(given.file, urlsplit(given.url).netloc), given.start)
    began = time.perf_counter()
    loop = closed_loop(Target(given.url), requests, connections=given.connections, seconds=given.seconds)
    outcomes = uvloop.run(loop)
    seconds = min(given.seconds, time.perf_counter() - began)
    sys.stdout.write(f"JSON {json.dumps(outcomes.summary(seconds))}\n")


if __name__ == "__main__":
    main()
