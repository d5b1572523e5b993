"""`python -m bench.searches URL`: time searches and lists on a filled catalogue, as the services run them.

The time is that of the statements, in the database and back, without HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from coursify.core.clock import Clock
from coursify.core.database import Connection, Database
from coursify.core.pagination import Window
from coursify.core.settings import DatabaseSettings
from coursify.modules.courses.models import OrderName
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.index_courses import index_courses
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


def listed(sort: OrderName, text: str | None = None, pages: int = 1, **filters: Any) -> Work:
    """A page, or the pages up to it by cursor."""

    async def work(db: Connection) -> str:
        after = None
        for _ in range(pages):
            found = await browse_catalogue(db, text=text, filters=filters, sort=sort, window=Window(after, 20, 0))
            after = found.page.next_key
        return f"{found.page.total} {found.did_you_mean or ''}"

    return work


def suggested(text: str) -> Work:
    async def work(db: Connection) -> str:
        return str(len(await suggest(db, text=text)))

    return work


async def works(db: Connection) -> dict[str, Work]:
    """Words of the catalogue itself, by how many courses have them."""

    async def words(least: float, most: float) -> list[str]:
        cursor = await db.execute(
            "SELECT word FROM search_words WHERE word ~ '^[a-z]+$' AND courses BETWEEN %s AND %s ORDER BY word"
            " LIMIT 40",
            [least, most],
        )
        return [word for (word,) in await cursor.fetchall()]

    ((count,),) = await (await db.execute("SELECT reltuples FROM pg_class WHERE relname = 'courses'")).fetchall()
    common, some, rare = await words(count / 12, count / 6), await words(count / 400, count / 100), await words(1, 80)
    typed = next(word for word in rare if len(word) > 5)
    misspelled = typed[:2] + typed[3] + typed[2] + typed[4:]
    searches: dict[str, Work] = {f"list by {order}": listed(order) for order in ORDERS}
    searches["list by newest, tenth page by cursor"] = listed("newest", pages=10)
    searches["list of a category"] = listed("newest", category="music")
    for name, found in {"a tenth of all": common, "one in 200": some, "rare": rare}.items():
        for word in found[:2]:
            searches[f"{name}: {word}"] = listed("relevance", word)
    one, two, three = common[0], common[1], some[0]
    searches |= {f"{one}, by {order}": listed(order, one) for order in ("newest", "price", "rating")}
    searches |= {
        f"{one}, fifth page by cursor": listed("relevance", one, pages=5),
        f"two words: {one} {two}": listed("relevance", f"{one} {two}"),
        f"two words: {one} {three}": listed("relevance", f"{one} {three}"),
        f"word and category: {one}": listed("relevance", one, category="music"),
        "Chinese: 数据": listed("relevance", "数据"),
        "one letter: c": listed("relevance", "c"),
        "part of a word: rame": listed("relevance", "rame"),
        "no hit: qqqqzz": listed("relevance", "qqqqzz"),
        f"typing error: {misspelled}": listed("relevance", misspelled),
        **{f"suggest: {text}": suggested(text) for text in ("p", "py", "pyth", one, "ada")},
    }
    return searches


async def measure(database: Database, work: Work, rounds: int) -> tuple[list[float], str]:
    times = []
    for number in range(rounds + 1):
        async with database.read() as db:
            started = time.perf_counter()
            answer = await work(db)
            times.append((time.perf_counter() - started) * 1000)
        if number == 0:
            times.clear()
    return times, answer


async def measure_edits(database: Database, count: int) -> tuple[list[float], list[int]]:
    """Milliseconds and bytes of WAL of an edit that changes a word of every vector."""
    times, written = [], []
    async with database.read() as db:
        cursor = await db.execute("SELECT id FROM courses TABLESAMPLE SYSTEM (0.1) LIMIT %s", [count])
        course_ids: list[UUID] = [course_id for (course_id,) in await cursor.fetchall()]
    for course_id in course_ids:
        async with database.transaction() as (db, _now):
            await db.execute("UPDATE courses SET title = title || ' edited' WHERE id = %s", [course_id])
            ((before,),) = await (await db.execute("SELECT pg_current_wal_insert_lsn()::text")).fetchall()
            started = time.perf_counter()
            await index_courses(db, [course_id])
            times.append((time.perf_counter() - started) * 1000)
            cursor = await db.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s::pg_lsn)", [before])
            written.append(int((await cursor.fetchall())[0][0]))
    return times, written


async def run(url: str, rounds: int) -> None:
    settings = SimpleNamespace(
        database_url=SecretStr(url),
        database_statement_timeout_ms=60_000,
        database_pool_size=2,
        database_read_pool_size=2,
    )
    database = Database(cast("DatabaseSettings", settings), Clock(None))
    await database.open()
    console = Console(width=150)
    started = time.monotonic()
    await refresh_words(database)
    console.print(f"Words counted in {time.monotonic() - started:.1f} s")
    async with database.read() as db:
        searches = await works(db)
        sizes = await (await db.execute(SIZES)).fetchall()
    table = Table("search", "p50 ms", "p95 ms", "most ms", "found")
    for name, work in searches.items():
        times, answer = await measure(database, work, rounds)
        p95 = statistics.quantiles(times, n=20)[18]
        table.add_row(name, f"{statistics.median(times):.1f}", f"{p95:.1f}", f"{max(times):.1f}", answer)
    console.print(table)
    for name, size in sizes:
        console.print(f"{name}: {size / 2**20:,.0f} MB")
    times, written = await measure_edits(database, 50)
    console.print(
        f"An edit: {statistics.median(times):.1f} ms, WAL median {statistics.median(written) / 1000:.0f} kB, "
        f"most {max(written) / 1000:.0f} kB (pages written for the first time after a checkpoint are in it whole)"
    )
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.searches")
    parser.add_argument("url", help="the URL of a database that bench.large_catalogue filled")
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    asyncio.run(run(given.url, given.rounds))


if __name__ == "__main__":
    main()
