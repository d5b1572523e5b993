"""What is measured on whom, and what the figures must be (the gates)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

OURS = "Coursify"
RAW_LISTING, RAW_DETAIL, NGINX = "granian, fixed bytes (list)", "granian, fixed bytes (course)", "nginx cache"
EXPRESS, EXPRESS_REDIS = "Express + Prisma", "Express + Prisma + Redis"
FASTIFY, FASTIFY_MAP, DJANGO, PGBENCH = "Fastify + pg", "Fastify + pg + map", "Django REST", "pgbench"


@dataclass(frozen=True)
class Row:
    """Ours comes first. `requests`: the name of the prepared file. `is_once`: a request must not be sent twice."""

    name: str
    requests: str
    servers: tuple[str, ...]
    connections: int = 64
    is_once: bool = False


ROWS = (
    Row("hot listing", "hot listing", (OURS, EXPRESS_REDIS, FASTIFY_MAP, RAW_LISTING, NGINX)),
    Row("hot detail", "hot detail", (OURS, RAW_DETAIL, NGINX)),
    Row("listing from the database", "listing", (OURS, EXPRESS, FASTIFY, DJANGO, PGBENCH)),
    Row("detail with `me`", "detail with me", (OURS, EXPRESS, FASTIFY, PGBENCH)),
    Row("progress write, durable", "progress", (OURS, EXPRESS, FASTIFY, PGBENCH)),
    Row("`/users/me`", "me", (OURS, EXPRESS, FASTIFY, DJANGO, PGBENCH)),
    # Eight, because the rivals read every description: more only wait.
    Row("search", "search", (OURS, EXPRESS, FASTIFY), connections=8),
    Row("checkout, 1 at once", "checkout", (OURS,), connections=1, is_once=True),
    Row("checkout, 8 at once", "checkout", (OURS,), connections=8, is_once=True),
    Row("webhook acknowledged", "webhook", (OURS,), is_once=True),
)
CONNECTIONS = "many connections"
START = "start"
# One round of it for each number of connections, on a course with `me`, which no cache answers.
AT_ONCE = (64, 1_000, 2_000)

# (row, server, figure) → median
Median = Callable[[str, str, str], float]


@dataclass(frozen=True)
class Gate:
    """`figure` is None when its row was not measured."""

    name: str
    least: float | None
    most: float | None
    figure: Callable[[Median], float]

    def holds(self, figure: float) -> bool:
        return (self.least is None or figure >= self.least) and (self.most is None or figure <= self.most)

    @property
    def asked(self) -> str:
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


def _times(row: str, rival: str) -> Callable[[Median], float]:
    return lambda of: of(row, OURS, "per_second") / of(row, rival, "per_second")


def _of_its_own(server: str, count: int) -> Callable[[Median], float]:
    return lambda of: of(at_once(count), server, "per_second") / of(at_once(AT_ONCE[0]), server, "per_second")


def _of(row: str, figure: str, divided_by: float = 1) -> Callable[[Median], float]:
    return lambda of: of(row, OURS, figure) / divided_by


def at_once(count: int) -> str:
    return f"{count:,} connections"


GATES = (
    Gate("hot listing ÷ Express + Redis", 10, None, _times("hot listing", EXPRESS_REDIS)),
    Gate("hot listing ÷ granian with fixed bytes", 0.65, None, _times("hot listing", RAW_LISTING)),
    Gate("hot detail ÷ granian with fixed bytes", 0.65, None, _times("hot detail", RAW_DETAIL)),
    Gate("listing from the database ÷ Express", 4, None, _times("listing from the database", EXPRESS)),
    Gate("listing from the database ÷ Fastify", 2, None, _times("listing from the database", FASTIFY)),
    Gate("detail with `me` ÷ Express", 2.5, None, _times("detail with `me`", EXPRESS)),
    Gate("progress write ÷ Express", 4, None, _times("progress write, durable", EXPRESS)),
    Gate("progress write ÷ Fastify", 0.9, None, _times("progress write, durable", FASTIFY)),
    Gate("`/users/me` ÷ Express", 2.5, None, _times("`/users/me`", EXPRESS)),
    Gate("`/users/me` ÷ Fastify", 0.5, None, _times("`/users/me`", FASTIFY)),
    Gate("1,000 connections ÷ own rate at 64", 0.6, None, _of_its_own(OURS, 1_000)),
    Gate(
        "that ÷ Fastify's",
        1,
        None,
        lambda of: _of_its_own(OURS, 1_000)(of) / _of_its_own(FASTIFY, 1_000)(of),
    ),
    Gate("refusals at 2,000 connections, p99 ms", None, 10, _of(at_once(2_000), "refused_p99")),
    Gate("checkouts a second, 8 at once", 60, None, _of("checkout, 8 at once", "per_second")),
    Gate("checkout, ms of the API's processor", None, 20, _of("checkout, 8 at once", "server_us", 1_000)),
    Gate("webhooks a second", 700, None, _of("webhook acknowledged", "per_second")),
    Gate("start, seconds", None, 1.5, _of(START, "p50", 1_000)),
    Gate("memory warm at 64, MB", None, 140, _of(at_once(64), "memory_mb")),
    Gate("memory after 1,000 connections, MB", None, 170, _of(at_once(1_000), "memory_mb")),
)
