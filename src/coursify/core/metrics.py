"""What each process counts about itself, for Prometheus: requests, statements, pools, caches, jobs, providers, emails.

With several processes behind one port, `PROMETHEUS_MULTIPROC_DIR` names a folder that they share; the library reads it
when it is imported, so `coursify serve` sets it before. Figures of the database are in `coursify.figures`.
"""

from __future__ import annotations

import asyncio
import os
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

from coursify.core.background import in_background
from coursify.core.counted import STATEMENTS, Statements

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SAMPLE_SECONDS = 5.0
_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0)

REQUESTS = Histogram(
    "coursify_http_request_duration_seconds",
    "Requests by operation and class of status (2xx), until the last byte was sent.",
    ("operation", "status"),
    buckets=_FAST,
)
STATEMENT_COUNT = Counter("coursify_sql_statements", "SQL statements, of requests and of jobs.", ("caller",))
STATEMENT_SECONDS = Counter("coursify_sql_seconds", "Seconds that SQL statements took.", ("caller",))
SLOW_STATEMENTS = Counter("coursify_sql_slow_statements", "Statements over SLOW_STATEMENT_MS.")
JOBS = Histogram(
    "coursify_job_duration_seconds",
    "Runs of jobs by outcome: succeeded, failed or canceled.",
    ("job", "outcome"),
    buckets=_SLOW,
)
PROVIDER_CALLS = Histogram(
    "coursify_provider_call_duration_seconds",
    "Calls of vendors by outcome: ok, refused or unavailable.",
    ("provider", "outcome"),
    buckets=_FAST,
)
EMAILS = Counter("coursify_emails", "Emails by what became of an attempt to send them.", ("outcome",))
EVENTS = Counter("coursify_provider_events_received", "Signed events of providers that were new.", ("provider",))
REJECTED_VIDEOS = Counter("coursify_media_rejected", "Videos that could not be transcoded.")
CACHE = Counter("coursify_cache_lookups", "Lookups in the caches of processes.", ("cache", "result"))
POOL = Gauge(
    "coursify_db_pool_connections",
    "Connections of the pools: in use or idle.",
    ("pool", "state"),
    multiprocess_mode="livesum",
)
POOL_WAITING = Gauge("coursify_db_pool_waiting", "Who waits for a connection.", ("pool",), multiprocess_mode="livesum")
POOL_SIZE = Gauge("coursify_db_pool_max_connections", "How many there may be.", ("pool",), multiprocess_mode="livesum")

PoolStats = Callable[[], Mapping[str, Mapping[str, int]]]


@dataclass(slots=True)
class _Tally:
    """Requests of one operation and status since the last flush: a tenth of the cost of the library's histogram."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(_FAST) + 1))
    seconds: float = 0.0


_tallies: dict[tuple[str, int], _Tally] = {}
_statements = {"request": Statements(), "job": Statements()}
_lookups: dict[tuple[str, bool], int] = {}


def observe_request(operation: str, status: int, seconds: float, statements: Statements) -> None:
    """Count one request. `operation` is of a closed set, never a path."""
    key = (operation, status // 100)
    tally = _tallies.get(key)
    if tally is None:
        tally = _tallies[key] = _Tally()
    tally.counts[bisect_left(_FAST, seconds)] += 1
    tally.seconds += seconds
    count_statements("request", statements)


def count_lookup(cache: str, *, is_hit: bool) -> None:
    """Count one lookup in a cache of this process."""
    _lookups[cache, is_hit] = _lookups.get((cache, is_hit), 0) + 1


def count_statements(caller: str, statements: Statements) -> None:
    total = _statements[caller]
    total.count += statements.count
    total.seconds += statements.seconds


def flush() -> None:
    """Hand over to the library what was counted since the last time."""
    for (operation, status), tally in _tallies.items():
        if not any(tally.counts):
            continue
        child = REQUESTS.labels(operation, f"{status}xx")
        for number, count in enumerate(tally.counts):
            if count:
                child._buckets[number].inc(count)  # noqa: SLF001  # the library adds one value at a time
        child._sum.inc(tally.seconds)  # noqa: SLF001  # as above
        tally.counts, tally.seconds = [0] * len(tally.counts), 0.0
    for (cache, is_hit), count in _lookups.items():
        CACHE.labels(cache, "hit" if is_hit else "miss").inc(count)
    _lookups.clear()
    for caller, total in _statements.items():
        STATEMENT_COUNT.labels(caller).inc(total.count)
        STATEMENT_SECONDS.labels(caller).inc(total.seconds)
        total.count, total.seconds = 0, 0.0


@contextmanager
def observe_job(name: str) -> Iterator[None]:
    """Count one run of a job, and its statements."""
    statements, started, outcome = Statements(), time.perf_counter(), "failed"
    token = STATEMENTS.set(statements)
    try:
        yield
        outcome = "succeeded"
    except asyncio.CancelledError:
        outcome = "canceled"
        raise
    finally:
        STATEMENTS.reset(token)
        JOBS.labels(name, outcome).observe(time.perf_counter() - started)
        count_statements("job", statements)


@contextmanager
def observe_call(provider: str, *, refusals: tuple[type[Exception], ...]) -> Iterator[None]:
    """Count one call of a vendor; `refusals` are its clear answers that are not a success."""
    started, outcome = time.perf_counter(), "unavailable"
    try:
        yield
        outcome = "ok"
    except refusals:
        outcome = "refused"
        raise
    finally:
        PROVIDER_CALLS.labels(provider, outcome).observe(time.perf_counter() - started)


@asynccontextmanager
async def sampling(pool_stats: PoolStats) -> AsyncIterator[None]:
    """Record the state of the pools every few seconds, because only one process answers a scrape."""
    try:
        async with in_background(_sample_forever(pool_stats)):
            yield
    finally:
        flush()


async def _sample_forever(pool_stats: PoolStats) -> None:
    while True:
        for pool, stats in pool_stats().items():
            idle = stats["pool_available"]
            POOL.labels(pool, "idle").set(idle)
            POOL.labels(pool, "in_use").set(stats["pool_size"] - idle)
            POOL_WAITING.labels(pool).set(stats["requests_waiting"])
            POOL_SIZE.labels(pool).set(stats["pool_max"])
        flush()
        await asyncio.sleep(SAMPLE_SECONDS)


def render_metrics() -> bytes:
    """The metrics of this process; of all processes of this port, where they share a folder."""
    flush()
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return generate_latest(REGISTRY)
    _drop_gauges_of_dead_processes(Path(folder))
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped in the library
    return generate_latest(registry)


def _drop_gauges_of_dead_processes(folder: Path) -> None:
    """A worker that was killed and started again must not count twice."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path(f"/proc/{pid}").exists():
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # untyped in the library
