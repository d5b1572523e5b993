"""`python -m bench.freshness`: how soon a changed price, and a course taken down, show on two replicas under load.

The author must see it at once on both, everyone within a second; also while Redis is away.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import psycopg
import uvloop
from rich.console import Console
from rich.progress import track
from tests.support.plain_http import PLAIN

from bench.load import Stream, Target, allow_sockets, around, open_loop, percentile
from bench.prepared import API, our_token
from bench.report import machine, revision
from bench.system import OTHER_CORE, System, pin, start_system
from coursify_sandbox.ports import free_port

EVERYONE_WITHIN_MS = 1_000
# Requests a second on each replica while prices change.
LOAD = 300
TAKEN_DOWN = 20
PATIENCE = 60.0


@dataclass
class Figures:
    """Milliseconds from the answer to the author until the last place shows it."""

    with_redis: list[float] = field(default_factory=list)
    without_redis: list[float] = field(default_factory=list)
    taken_down: list[float] = field(default_factory=list)
    unseen_by_author: int = 0


@dataclass(frozen=True)
class Author:
    """An author's courses and credential, and the replicas."""

    urls: tuple[str, str]
    client: httpx.AsyncClient
    headers: dict[str, str]
    instructor_id: str
    courses: list[str]

    async def change_price(self, number: int) -> None:
        """Answered by one replica or the other, in turn."""
        path = f"{API}/courses/{self.courses[0]}"
        price = {"price": 1_000 + number * 100}
        answer = await self.client.put(self.urls[number % 2] + path, json=price, headers=self.headers)
        answer.raise_for_status()

    async def shown_prices(self, *, to_author: bool) -> list[int | None]:
        """On each replica: the course itself and, for everyone, in the list of its author."""
        headers = self.headers if to_author else {}
        paths = [f"{API}/courses/{self.courses[0]}"]
        paths += [] if to_author else [self.list_path]
        answers = [await self.client.get(url + path, headers=headers) for url in self.urls for path in paths]
        return [_price_in(answer, self.courses[0]) for answer in answers]

    @property
    def list_path(self) -> str:
        return f"{API}/courses?instructorId={self.instructor_id}&limit=100"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.freshness")
    parser.add_argument("--changes", type=int, default=1_000)
    changes = parser.parse_args().changes
    allow_sockets()
    figures = Figures()
    with start_system() as system:
        first = system.start_api()
        second = system.start_api("second", port=free_port())
        system.start_worker()
        pin(os.getpid(), OTHER_CORE)
        uvloop.run(measure(system, (first.url, second.url), changes, figures))
    sys.exit(0 if report(figures, changes) else 1)


async def measure(system: System, urls: tuple[str, str], changes: int, figures: Figures) -> None:
    instructor_id, session_id, courses = _author_of(system)
    headers = {"Authorization": f"Bearer {our_token(system, instructor_id, session_id)}"}
    async with httpx.AsyncClient(**PLAIN, timeout=30) as client:
        author = Author(urls, client, headers, instructor_id, courses)
        loads = [asyncio.create_task(_load(url, courses)) for url in urls]
        try:
            for number in track(range(changes), description="Changing a price", console=Console(stderr=True)):
                if number == changes // 2:
                    system.end("redis")
                if number == changes * 6 // 10:
                    system.start_redis()
                waited = await _change(author, number, figures)
                is_away = changes // 2 <= number < changes * 6 // 10
                (figures.without_redis if is_away else figures.with_redis).append(waited)
            for course_id in courses[1 : 1 + TAKEN_DOWN]:
                figures.taken_down.append(await _take_down(author, course_id))
        finally:
            for load in loads:
                load.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await load


async def _change(author: Author, number: int, figures: Figures) -> float:
    # Everyone has just read it, so it is kept everywhere.
    await author.shown_prices(to_author=False)
    await author.change_price(number)
    began = time.perf_counter()
    wanted = 1_000 + number * 100
    figures.unseen_by_author += any(price != wanted for price in await author.shown_prices(to_author=True))
    while any(price != wanted for price in await author.shown_prices(to_author=False)):
        if time.perf_counter() > began + PATIENCE:
            break
        await asyncio.sleep(0.005)
    return (time.perf_counter() - began) * 1000


async def _take_down(author: Author, course_id: str) -> float:
    paths = [url + path for url in author.urls for path in (f"{API}/courses/{course_id}", author.list_path)]
    for path in paths:
        await author.client.get(path)
    answer = await author.client.delete(f"{author.urls[0]}{API}/courses/{course_id}", headers=author.headers)
    answer.raise_for_status()
    began = time.perf_counter()
    while any([_shows(await author.client.get(path), course_id) for path in paths]):
        if time.perf_counter() > began + PATIENCE:
            break
        await asyncio.sleep(0.005)
    return (time.perf_counter() - began) * 1000


def _shows(answer: httpx.Response, course_id: str) -> bool:
    return answer.status_code == httpx.codes.OK and course_id in answer.text


def _price_in(answer: httpx.Response, course_id: str) -> int | None:
    """The price of the course, in its own answer or in a list."""
    data = answer.json()["data"]
    found = data if isinstance(data, list) else [data]
    return next((course["price"] for course in found if course and course["id"] == course_id), None)


async def _load(url: str, courses: list[str]) -> None:
    host = url.removeprefix("http://")
    paths = [f"{API}/courses", *(f"{API}/courses/{course}" for course in courses)]
    requests = [f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for path in paths]
    await open_loop(Target(url), [Stream("browsing", around(requests), LOAD)], seconds=3_600)


def _author_of(system: System) -> tuple[str, str, list[str]]:
    """Someone with enough courses, and a session of theirs."""
    with psycopg.connect(system.owner_url) as db:
        row = db.execute(
            """
            SELECT instructor_id::text, array_agg(id::text ORDER BY id) FROM courses
            WHERE status = 'published' AND price_minor > 0
            GROUP BY instructor_id ORDER BY count(*) DESC, instructor_id LIMIT 1
            """
        ).fetchone()
        if row is None:
            raise ValueError("the school has no courses")
        session = db.execute(
            """
            INSERT INTO sessions (user_id, created_at, authenticated_at, last_used_at, expires_at)
            VALUES (%s, now(), now(), now(), now() + interval '1 day') RETURNING id::text
            """,
            [row[0]],
        ).fetchone()
    return row[0], session[0] if session else "", row[1]


def report(figures: Figures, changes: int) -> bool:
    console = Console(highlight=False)
    console.print(f"{machine()}, revision {revision()}, {changes} changes, {LOAD} requests/s on each of two replicas:")
    for name, values in _named(figures):
        if values:
            shares = (percentile(values, share) for share in (0.5, 0.99, 1))
            console.print(
                f"{name}: median {next(shares):.0f} ms, p99 {next(shares):.0f} ms, at most {next(shares):.0f} ms"
            )
    console.print(f"not seen by the author at once: {figures.unseen_by_author}")
    slowest = max(itertools.chain.from_iterable(values for _name, values in _named(figures)))
    return slowest <= EVERYONE_WITHIN_MS and not figures.unseen_by_author


def _named(figures: Figures) -> Iterator[tuple[str, list[float]]]:
    yield "seen by everyone", figures.with_redis
    yield "seen by everyone, without Redis", figures.without_redis
    yield "a course taken down is gone", figures.taken_down


if __name__ == "__main__":
    main()
