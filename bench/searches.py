"""`python -m bench.searches URL`: time searches and lists on a filled catalogue, as the services run them.

The time is that of the statements, in the database and back, without HTTP; beside it the processor time of the
connection's own process in PostgreSQL, where it runs on this machine. Exits with 1 when a work takes longer than its
limit (of the processor where it is known), or reads one of the large tables from end to end.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from coursify.core.clock import Clock
from coursify.core.database import Connection, Database
from coursify.core.pagination import Window
from coursify.core.settings import DatabaseSettings
from coursify.modules.courses.models import Course, OrderName
from coursify.modules.courses.models.facets import FacetName
from coursify.modules.courses.queries.courses import find_course
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.count_facets import count_facets
from coursify.modules.courses.services.find_similar import find_similar
from coursify.modules.courses.services.index_courses import index_courses
from coursify.modules.courses.services.keep_catalogue_counts import keep_catalogue_counts
from coursify.modules.courses.services.refresh_words import refresh_words
from coursify.modules.courses.services.suggest import suggest

Work = Callable[[Connection], Awaitable[str]]
ORDERS: tuple[OrderName, ...] = ("newest", "popular", "rating", "trending", "price", "-price")
SIZES = """
    SELECT relname::text, pg_total_relation_size(oid) FROM pg_class
    WHERE relname IN ('courses', 'course_texts', 'course_search', 'search_words', 'search_deletes')
    UNION ALL SELECT 'index of words', pg_relation_size('course_search_words')
    UNION ALL SELECT 'whole database', pg_database_size(current_database())
"""


# Milliseconds, for the slowest twentieth.
LIMIT, FACETS_LIMIT = 50, 150
LARGE_TABLES = ("courses", "course_texts", "course_search")
FACETS: tuple[FacetName, ...] = ("category", "level", "language", "price", "rating")


def listed(sort: OrderName, text: str | None = None, **filters: Any) -> Work:
    async def work(db: Connection) -> str:
        found = await browse_catalogue(db, text=text, filters=filters, sort=sort, window=Window(None, 20, 0))
        return f"{found.page.total} {found.did_you_mean or ''}"

    return work


async def continued(database: Database, page: int, sort: OrderName, text: str | None = None) -> Work:
    """A page by its cursor; the pages before it are read here."""
    after = None
    async with database.read() as db:
        for _ in range(page - 1):
            found = await browse_catalogue(db, text=text, filters={}, sort=sort, window=Window(after, 20, 0))
            after = found.page.next_key

    async def work(db: Connection) -> str:
        found = await browse_catalogue(db, text=text, filters={}, sort=sort, window=Window(after, 20, 0))
        return str(found.page.total)

    return work


def suggested(text: str) -> Work:
    async def work(db: Connection) -> str:
        return str(len(await suggest(db, text=text)))

    return work


def related(courses: list[Course | None]) -> list[Work]:
    def of(course: Course) -> Work:
        async def work(db: Connection) -> str:
            return str(len(await find_similar(db, course, besides=[], limit=12)))

        return work

    return [of(course) for course in courses if course]


def counted(*texts: str, **filters: Any) -> Work:
    """All facets; each of those that are filtered counts without its own filter."""

    async def work(db: Connection) -> str:
        by_facet = {name: {key: value for key, value in filters.items() if key != name} for name in FACETS}
        return f"exact: {(await count_facets(db, texts=texts, filters_by_facet=by_facet)).is_exact}"

    return work


def filter_pairs(instructor_id: UUID) -> list[dict[str, Any]]:
    """Every two filters, each with many, few and no courses."""
    now = datetime.now(UTC)
    singles: list[dict[str, Any]] = [
        *({"category": "music"}, {"category": "none"}, {"any_category": ["music", "design"]}, {"level": "beginner"}),
        *({"language": "en"}, {"language": "xx"}, {"instructor_id": instructor_id}, {"currency": "eur"}),
        *({"currency": "gbp"}, {"min_price": 0, "max_price": 0}, {"min_price": 5_000, "max_price": 6_000}),
        *({"min_rating": "4.5"}, {"durations": Multirange([Range(72_000, None)])}, {"has_captions": True}),
        *({"published_after": now - timedelta(hours=1)}, {"published_after": now - timedelta(days=30)}),
    ]
    return singles + [one | other for one, other in combinations(singles, 2) if not one.keys() & other.keys()]


async def works(database: Database) -> dict[str, Work | list[Work]]:
    """Words of the catalogue itself, by how many courses have them."""

    async def words(db: Connection, least: float, most: float) -> list[str]:
        cursor = await db.execute(
            "SELECT word FROM search_words WHERE word ~ '^[a-z]+$' AND courses BETWEEN %s AND %s ORDER BY word"
            " LIMIT 40",
            [least, most],
        )
        return [word for (word,) in await cursor.fetchall()]

    async with database.read() as db:
        ((count,),) = await (await db.execute("SELECT reltuples FROM pg_class WHERE relname = 'courses'")).fetchall()
        common, some = await words(db, count / 12, count / 7), await words(db, count / 400, count / 100)
        middle, rare = await words(db, count / 60, count / 40), await words(db, 1, 120)
        cursor = await db.execute("SELECT instructor_id FROM courses LIMIT 1")
        ((instructor_id,),) = await cursor.fetchall()
    typed = next(word for word in rare if len(word) > 5)
    misspelled = typed[:2] + typed[3] + typed[2] + typed[4:]
    searches: dict[str, Work | list[Work]] = {f"list by {order}": listed(order) for order in ORDERS}
    searches["list by newest, tenth page by cursor"] = await continued(database, 10, "newest")
    for name, found in {"a tenth of all": common, "one in 50": middle, "one in 200": some, "rare": rare}.items():
        for word in found[:2]:
            searches[f"{name}: {word}"] = listed("relevance", word)
        cursor = await db.execute(
            "SELECT word FROM search_words WHERE word ~ '^[а-я]{2,}$' ORDER BY courses DESC, word LIMIT 1"
        )
        ((foreign,),) = await cursor.fetchall()
        cursor = await db.execute("SELECT id FROM courses TABLESAMPLE SYSTEM (0.1) REPEATABLE (1) LIMIT 20")
        courses = [await find_course(db, course_id) for (course_id,) in await cursor.fetchall()]
    one, two, three = common[0], common[1], some[0]
    searches |= {f"{one}, by {order}": listed(order, one) for order in ORDERS}
    searches |= {
        f"{one}, fifth page by cursor": await continued(database, 5, "relevance", one),
        f"two words: {one} {two}": listed("relevance", f"{one} {two}"),
        f"two words: {one} {three}": listed("relevance", f"{one} {three}"),
        f"word and category: {one}": listed("relevance", one, category="music"),
        "Chinese: 数据": listed("relevance", "数据"),
        "one letter: c": listed("relevance", "c"),
        "part of a word: rame": listed("relevance", "rame"),
        "no hit: qqqqzz": listed("relevance", "qqqqzz"),
        f"typing error: {misspelled}": listed("relevance", misspelled),
        **{f"suggest: {text}": suggested(text) for text in ("p", "py", "pyth", one, "ada")},
        f"words of two languages: {one} {foreign}": listed("relevance", f"{one} {foreign}"),
        f"words of two languages, by price: {one} {foreign}": listed("price", f"{one} {foreign}"),
        f"two words, by newest: {one} {two}": listed("newest", f"{one} {two}"),
        "related courses": related(courses),
        "facets": counted(),
        "facets, two filters": counted(category="music", level="beginner"),
        "facets, prices": counted(min_price=5_000, max_price=6_000),
        f"facets: {one}": counted(one),
        f"facets: {three}": counted(three),
    }
    return searches | {f"filters, by {order}": pairs(order, filter_pairs(instructor_id)) for order in ORDERS}


def pairs(order: OrderName, filters: list[dict[str, Any]]) -> list[Work]:
    return [listed(order, **each) for each in filters]


@dataclass
class Measured:
    """Milliseconds: of the wall, and of the processor in PostgreSQL's process where that is known."""

    name: str
    times: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    answer: str = ""
    scans: int = 0

    @property
    def limit(self) -> int:
        return FACETS_LIMIT if self.name.startswith("facets") else LIMIT

    @property
    def is_slow(self) -> bool:
        return _p95(self.processor or self.times) > self.limit or self.scans > 0

    def row(self) -> list[str]:
        known = [f"{statistics.median(self.processor):.1f}", f"{_p95(self.processor):.1f}"] if self.processor else []
        found = [f"{statistics.median(self.times):.1f}", f"{_p95(self.times):.1f}", f"{max(self.times):.1f}"]
        mark = " TOO SLOW" if _p95(self.processor or self.times) > self.limit else ""
        return [self.name, *(known or ["", ""]), *found, self.answer + mark + " SEQUENTIAL SCAN" * (self.scans > 0)]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[18]


async def measure(database: Database, name: str, works: list[Work], rounds: int) -> Measured:
    """The first round, which may read from the disk, does not count."""
    measured = Measured(name)
    async with database.read() as db:
        before = await _scans(db)
        for number in range(rounds + 1):
            for work in works:
                used, started = _processor(db), time.perf_counter()
                measured.answer = await work(db)
                if number:
                    measured.times.append((time.perf_counter() - started) * 1000)
                    if used:
                        measured.processor.append(_processor(db) - used)
        measured.scans = await _scans(db) - before
    measured.answer = f"{len(works)} lists" if len(works) > 1 else measured.answer
    return measured


async def _scans(db: Connection) -> int:
    """How often this connection has read a large table from end to end."""
    await db.execute("SELECT pg_stat_force_next_flush()")
    cursor = await db.execute(
        "SELECT coalesce(sum(seq_scan), 0)::integer FROM pg_stat_user_tables WHERE relname = ANY(%s)",
        [list(LARGE_TABLES)],
    )
    return int((await cursor.fetchall())[0][0])


def _processor(db: Connection) -> float:
    """Milliseconds of the connection's process until now; 0 where PostgreSQL runs elsewhere."""
    path = Path(f"/proc/{db.info.backend_pid}/schedstat")
    return int(path.read_text().split()[0]) / 1e6 if path.exists() else 0.0


@dataclass
class Edits:
    """Of edits that change a word: milliseconds of PostgreSQL's process, bytes of WAL, and pages that it has whole."""

    milliseconds: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)

    def said(self) -> str:
        """With whole pages the WAL has up to 8 kB for each."""
        found = {
            "ms of CPU": self.milliseconds,
            "kB of WAL": [size / 1000 for size in self.bytes],
            "pages in it whole": self.pages,
        }
        return "; ".join(
            f"{name}: median {statistics.median(values):,.1f}, mean {statistics.mean(values):,.1f},"
            f" most {max(values):,.0f}"
            for name, values in found.items()
        )


async def measure_edits(database: Database, count: int) -> dict[str, Edits]:
    """After a checkpoint, when the WAL has each page whole that is written for the first time; then the same again."""
    async with database.read() as db:
        cursor = await db.execute("SELECT id FROM courses TABLESAMPLE SYSTEM (0.1) LIMIT %s", [count])
        course_ids: list[UUID] = [course_id for (course_id,) in await cursor.fetchall()]
        await db.execute("CHECKPOINT")
    words = {"after a checkpoint": "edited", "of the same courses again": "revised"}
    return {name: await edit_each(database, course_ids, word) for name, word in words.items()}


async def edit_each(database: Database, course_ids: list[UUID], word: str) -> Edits:
    """The words alone: the row of the course is written before."""
    edits = Edits()
    for course_id in course_ids:
        async with database.transaction() as (db, _now):
            await db.execute("UPDATE courses SET title = title || ' ' || %s WHERE id = %s", [word, course_id])
            await db.execute("SELECT pg_stat_force_next_flush()")
        async with database.transaction() as (db, _now):
            process = db.info.backend_pid
            before, used = await _written(db, process), _processor(db)
            await index_courses(db, [course_id])
            edits.milliseconds.append(_processor(db) - used)
            await db.execute("SELECT pg_stat_force_next_flush()")
        async with database.read() as db:
            after = await _written(db, process)
        edits.bytes.append(after[0] - before[0])
        edits.pages.append(after[1] - before[1])
    return edits


async def _written(db: Connection, process: int) -> tuple[int, int]:
    """Bytes of WAL, and pages that are in it whole, of a connection until its last transaction."""
    cursor = await db.execute("SELECT wal_bytes::bigint, wal_fpi FROM pg_stat_get_backend_wal(%s)", [process])
    ((size, pages),) = await cursor.fetchall()
    return size, pages


async def open_database(url: str) -> Database:
    settings = SimpleNamespace(
        database_url=SecretStr(url),
        database_statement_timeout_ms=60_000,
        database_pool_size=2,
        database_read_pool_size=2,
    )
    database = Database(cast("DatabaseSettings", settings), Clock(None))
    await database.open()
    return database


async def run(url: str, rounds: int) -> bool:
    """Whether everything kept its limit."""
    console = Console(width=170)
    # With connections of their own: what they read from end to end counts until they are closed.
    database = await open_database(url)
    for name, job in {"refresh_words": refresh_words, "keep_catalogue_counts": keep_catalogue_counts}.items():
        started = time.monotonic()
        await job(database)
        console.print(f"{name}: {time.monotonic() - started:.1f} s")
    await database.close()
    database = await open_database(url)
    table = Table("search", "p50 CPU", "p95 CPU", "p50 ms", "p95 ms", "most ms", "found")
    slow = 0
    for name, given in (await works(database)).items():
        several = given if isinstance(given, list) else [given]
        measured = await measure(database, name, several, max(rounds // len(several), 1))
        slow += measured.is_slow
        table.add_row(*measured.row())
    console.print(table)
    async with database.read() as db:
        sizes = await (await db.execute(SIZES)).fetchall()
    for name, size in sizes:
        console.print(f"{name}: {size / 1e6:,.0f} MB")
    for name, edits in (await measure_edits(database, 200)).items():
        console.print(f"An edit, {name}: {edits.said()}")
    await database.close()
    return not slow


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.searches")
    parser.add_argument("url", help="the URL of a database that bench.large_catalogue filled")
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    sys.exit(not asyncio.run(run(given.url, given.rounds)))


if __name__ == "__main__":
    main()
