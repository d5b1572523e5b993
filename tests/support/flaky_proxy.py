"""A TCP proxy in front of PostgreSQL that loses COMMITs or the replies to them.

    async with flaky_proxy(database_url) as proxy:
        ...                                  # an application or a process whose DATABASE_URL is proxy.url
        proxy.arm(share=0.3)                 # from now on 3 of 10 COMMITs end with a cut connection

A COMMIT that is lost `before` it arrives is rolled back. One whose reply is lost, `after`, is stored. Both look the
same to the client: the connection is closed.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

When = Literal["before", "after", "either"]
# Instead of a start-up message: "may we encrypt?", asked in two ways.
_ENCRYPTION_REQUESTS = {80877103, 80877104}


@dataclass
class FlakyProxy:
    """Forwards everything until it is armed; `cuts` counts the COMMITs lost `before` and `after`."""

    upstream: str
    port: int = 0
    cuts: dict[str, int] = field(default_factory=lambda: {"before": 0, "after": 0})
    commits: int = 0
    _share: float = 0.0
    _when: When = "either"
    _skip: int = 0
    _times: int | None = None
    _chance: random.Random = field(default_factory=random.Random)

    @property
    def url(self) -> str:
        """The database's address through this proxy, without encryption, so that the proxy can read."""
        parts = urlsplit(self.upstream)
        account = parts.netloc.rpartition("@")[0]
        query = "&".join(filter(None, [parts.query, "sslmode=disable", "gssencmode=disable"]))
        return urlunsplit(parts._replace(netloc=f"{account}@127.0.0.1:{self.port}", query=query))

    def arm(
        self, *, share: float = 1.0, when: When = "either", skip: int = 0, times: int | None = None, seed: int = 1
    ) -> None:
        """Loses this share of the COMMITs from now on; the first `skip` pass, and after `times` losses all pass."""
        self._share, self._when, self._skip, self._times = share, when, skip, times
        self._chance = random.Random(seed)

    def disarm(self) -> None:
        self._share = 0.0

    def _fate(self) -> Literal["pass", "before", "after"]:
        """Whether the COMMIT that has just arrived is lost, and when."""
        self.commits += 1
        if self._skip:
            self._skip -= 1
            return "pass"
        if self._times == 0 or self._chance.random() >= self._share:
            return "pass"
        if self._times:
            self._times -= 1
        fate = self._chance.choice(["before", "after"]) if self._when == "either" else self._when
        self.cuts[fate] += 1
        return fate

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.upstream)
        try:
            server_reader, server_writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                await _Link(self, reader, writer, server_reader, server_writer).run()
            finally:
                server_writer.close()
        finally:
            writer.close()


@dataclass
class _Link:
    """One client's connection; either side's end ends both."""

    proxy: FlakyProxy
    client_reader: asyncio.StreamReader
    client_writer: asyncio.StreamWriter
    server_reader: asyncio.StreamReader
    server_writer: asyncio.StreamWriter
    is_answer_lost: bool = False

    async def run(self) -> None:
        pumps = [asyncio.create_task(self._pass_requests()), asyncio.create_task(self._pass_answers())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)

    async def _pass_requests(self) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                size = await self.client_reader.readexactly(4)
                body = await self.client_reader.readexactly(struct.unpack("!I", size)[0] - 4)
                await self._to_server(size + body)
                if struct.unpack("!I", body[:4])[0] not in _ENCRYPTION_REQUESTS:
                    break
            while True:
                head = await self.client_reader.readexactly(5)
                body = await self.client_reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
                fate = self.proxy._fate() if _is_commit(head, body) else "pass"
                if fate == "before":
                    return
                self.is_answer_lost = fate == "after"
                await self._to_server(head + body)

    async def _pass_answers(self) -> None:
        with suppress(OSError):
            while chunk := await self.server_reader.read(65_536):
                if self.is_answer_lost:
                    return
                self.client_writer.write(chunk)
                await self.client_writer.drain()

    async def _to_server(self, message: bytes) -> None:
        self.server_writer.write(message)
        await self.server_writer.drain()


def _is_commit(head: bytes, body: bytes) -> bool:
    """Whether this is a simple query with COMMIT and nothing else."""
    return head[:1] == b"Q" and body.rstrip(b"\x00").strip(b" ;\n").upper() == b"COMMIT"


@asynccontextmanager
async def flaky_proxy(database_url: str) -> AsyncIterator[FlakyProxy]:
    """Listens on a free port of 127.0.0.1 and forwards to the server of `database_url`."""
    proxy = FlakyProxy(database_url)
    talks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(proxy.serve(reader, writer))
        talks.add(talk)
        talk.add_done_callback(talks.discard)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        for talk in talks.copy():
            talk.cancel()
        if talks:
            await asyncio.wait(talks)
        await asyncio.sleep(0)  # closed transports disappear after one more turn of the loop
