"""Readers and writers at a steady rate through nginx, with TLS; every answer is counted, every write remembered."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_hex

import httpx
import psycopg
from tests.rehearse.installation import Installation

PREFIX = "/api/v1"
PASSWORD = "correct-horse-battery!"
READERS, WRITERS = 38, 12
# A token is good for a few minutes; a long run signs in again.
SIGN_IN_EVERY = 300.0
# Below this part of the rate, the machine has no room for it, and a 503 of the application says so.
KEEPS_UP = 0.8
READS = ("/courses", "/courses?sort=rating&limit=10", "/categories", "/users/me")


@dataclass
class Writer:
    """Writes 1, 2, 3, … into a profile; `acknowledged` was answered with 2xx, `tried` was sent."""

    email: str
    token: str = ""
    signed_in_at: float = 0.0
    acknowledged: int = 0
    tried: int = 0


@dataclass
class Load:
    """`failures` are times (seconds since the start) with what happened; deliberate 503s are counted apart."""

    per_second: int = 50
    started: float = field(default_factory=time.monotonic)
    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[float, str]] = field(default_factory=list)
    unavailable: list[tuple[float, str | None]] = field(default_factory=list)
    good_at: list[float] = field(default_factory=list)
    writers: list[Writer] = field(default_factory=list)

    def note(self, began: float, outcome: str, retry_after: str | None = None) -> None:
        now = time.monotonic()
        self.answers[outcome] += 1
        self.seconds.append(now - began)
        if outcome.startswith("2"):
            self.good_at.append(now - self.started)
        elif outcome.startswith("503 ") and retry_after:
            self.unavailable.append((now - self.started, retry_after))
        else:
            self.failures.append((now - self.started, outcome))

    @property
    def rate(self) -> float:
        return sum(self.answers.values()) / max(self.good_at[-1], 1)

    def failed(self) -> list[tuple[float, str]]:
        """Failures; also 503s with Retry-After, except on a machine that is too busy for the rate that was asked."""
        is_overloaded = self.rate < self.per_second * KEEPS_UP
        rejected = [] if is_overloaded else [(at, "503") for at, _ in self.unavailable]
        return [*self.failures, *rejected]

    def summary(self) -> str:
        total = sum(self.answers.values())
        ordered = sorted(self.seconds)
        p50, p99 = ordered[total // 2] * 1000, ordered[total * 99 // 100] * 1000
        counts = f"{len(self.failures)} failed, {len(self.unavailable)} × 503"
        return f"{total} requests, {self.rate:.0f}/s, {counts}, p50 {p50:.0f} ms, p99 {p99:.0f} ms"


@asynccontextmanager
async def load(installation: Installation, *, per_second: int = 50) -> AsyncIterator[Load]:
    """The load runs until the block ends; each writer has its own account."""
    noted = Load(per_second)
    trusted = ssl.create_default_context(cafile=str(installation.nginx.certificate))
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
    async with httpx.AsyncClient(
        base_url=installation.nginx.url + PREFIX, verify=trusted, trust_env=False, timeout=20, limits=limits
    ) as client:
        for _ in range(WRITERS):
            noted.writers.append(await sign_up(client))
        noted.started = time.monotonic()
        every = (READERS + WRITERS) / per_second
        tasks = [asyncio.create_task(_write(client, noted, writer, every)) for writer in noted.writers]
        tasks += [asyncio.create_task(_read(client, noted, number, every)) for number in range(READERS)]
        try:
            yield noted
        finally:
            stopped = time.monotonic()
            for task in tasks:
                task.set_name("stop")
            await asyncio.gather(*tasks)
            noted.good_at.append(stopped - noted.started)


async def sign_up(client: httpx.AsyncClient) -> Writer:
    writer = Writer(f"writer-{token_hex(6)}@example.com")
    body = {"name": "Writer", "email": writer.email, "password": PASSWORD}
    answer = await client.post("/users/register", json=body)
    assert answer.status_code == 201, answer.text
    writer.token, writer.signed_in_at = answer.json()["data"]["accessToken"], time.monotonic()
    return writer


async def _read(client: httpx.AsyncClient, noted: Load, number: int, every: float) -> None:
    writer = noted.writers[number % WRITERS]
    async for turn in _turns(number / READERS * every, every):
        path = READS[(number + turn) % len(READS)]
        await _send(client, noted, "GET", path, writer)


async def _write(client: httpx.AsyncClient, noted: Load, writer: Writer, every: float) -> None:
    async for _ in _turns(noted.writers.index(writer) / WRITERS * every, every):
        if time.monotonic() - writer.signed_in_at > SIGN_IN_EVERY:
            await _sign_in_again(client, writer)
        writer.tried += 1
        if await _send(client, noted, "PUT", "/users/me", writer, body={"bio": str(writer.tried)}):
            writer.acknowledged = writer.tried


async def _turns(first: float, every: float) -> AsyncIterator[int]:
    """Numbers at a steady rate until the task is asked to stop; a late turn does not delay the next one."""
    task = asyncio.current_task()
    assert task
    began, turn = time.monotonic() + first, 0
    while task.get_name() != "stop":
        await asyncio.sleep(max(0.0, began + turn * every - time.monotonic()))
        yield turn
        turn += 1


async def _send(
    client: httpx.AsyncClient, noted: Load, method: str, path: str, writer: Writer, body: object = None
) -> bool:
    """Whether the answer was 2xx. Nothing is repeated: a failure that a client sees is a failure."""
    began = time.monotonic()
    headers = {"Authorization": f"Bearer {writer.token}"} if path == "/users/me" else {}
    try:
        answer = await client.request(method, path, json=body, headers=headers)
    except httpx.TransportError as error:
        noted.note(began, f"{type(error).__name__} {method} {path}")
        return False
    noted.note(began, f"{answer.status_code} {method} {path}", answer.headers.get("retry-after"))
    return answer.is_success


async def _sign_in_again(client: httpx.AsyncClient, writer: Writer) -> None:
    try:
        answer = await client.post("/users/login", json={"email": writer.email, "password": PASSWORD})
    except httpx.TransportError:
        return
    if answer.is_success:
        writer.token, writer.signed_in_at = answer.json()["data"]["accessToken"], time.monotonic()


def lost_writes(installation: Installation, noted: Load) -> list[str]:
    """Writers whose profile is older than their last acknowledged write, or newer than anything that they sent."""
    with psycopg.connect(installation.owner_url, autocommit=True) as db:
        stored = dict(db.execute("SELECT email, bio FROM users WHERE email LIKE 'writer-%'").fetchall())
    return [
        f"{writer.email}: {stored.get(writer.email)} stored, {writer.acknowledged} acknowledged, {writer.tried} sent"
        for writer in noted.writers
        if not writer.acknowledged <= int(stored.get(writer.email) or 0) <= writer.tried
    ]
