"""`python -m bench.overload`: several times the capacity is offered, whether answers come or not (open loop).

It measures the peak with 64 connections, then offers a multiple of it, then little again. What counts is how much is
still answered well, whether people can buy under that load, and how soon all is as before. `--nginx` puts deploy/nginx
in front: as many addresses as its limits let the peak through ask together for ten times the peak.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import math
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import uvloop
from rich.console import Console
from tests.support.nginx import Nginx

from bench.load import Stream, Target, allow_sockets, around, closed_loop, open_loop, percentile, read_requests
from bench.prepared import API, CATEGORIES, ORDERS, find_learners, prepare
from bench.processes import tree_of
from bench.report import machine, revision
from bench.system import FOLDER, OTHER_CORE, System, pin, start_system

GOODPUT, NORMAL_WITHIN = 0.85, 2.0
# Of ten requests, one is signed in; purchases go on at this rate, whatever else is asked for.
READING_SHARE, PURCHASES_A_SECOND = 0.1, 2.0
CONNECTIONS, PEAK_SECONDS = 64, 10.0
# Kept, with pauses between their requests: at this part of the peak nobody is refused.
KEPT_CONNECTIONS, KEPT_SHARE, KEPT_SECONDS = 1_000, 0.8, 20.0
# The part of the peak that is offered before and afterwards; it is normal again when nothing is refused for a window
# and its p95 is at most so many times what it was before.
QUIET_SHARE, QUIET_SECONDS, WINDOW, NORMAL_TIMES = 0.25, 8.0, 0.5, 2.0
LEAST_NORMAL_MS = 50.0
# Connections that are open before it begins: twice what deploy/nginx serves of two addresses at once, and of buyers.
READY, READY_TO_BUY = 400, 20
# What deploy/nginx lets through, in requests a second from one address.
NGINX_RATE = 100


@dataclass
class Front:
    """Where the load goes, and its requests by kind."""

    target: Target
    browsing: Iterator[bytes]
    reading: Iterator[bytes]
    buying: Iterator[bytes]

    def streams(self, rate: float) -> list[Stream]:
        return [
            Stream("browsing", self.browsing, rate * (1 - READING_SHARE)),
            Stream("reading", self.reading, rate * READING_SHARE),
            Stream("buying", self.buying, PURCHASES_A_SECOND),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.overload")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--times", type=float, help="the peak; without --nginx 3, with it 10")
    parser.add_argument("--nginx", action="store_true")
    given = parser.parse_args()
    times = given.times or (10 if given.nginx else 3)
    allow_sockets()
    with start_system() as system, front_of(system, is_nginx=given.nginx) as front:
        system.start_worker()
        pin(os.getpid(), OTHER_CORE)
        holds = uvloop.run(measure(front, times, given.seconds))
    sys.exit(0 if holds else 1)


@contextlib.contextmanager
def front_of(system: System, *, is_nginx: bool) -> Iterator[Front]:
    api = system.start_api()
    prepared = prepare(system, find_learners(system))
    if not is_nginx:
        yield _requests(Target(api.url), prepared.ours)
        return
    nginx = Nginx(FOLDER / "deploy-nginx", replicas=(system.port, system.port))
    nginx.start()
    try:
        if nginx.process:
            for pid in tree_of(nginx.process.pid):
                pin(pid, OTHER_CORE)
        yield _requests(Target(nginx.url, nginx.tls), prepared.ours)
    finally:
        nginx.stop()


def _requests(target: Target, files: dict[str, Path]) -> Front:
    host = urlsplit(target.url).netloc
    browsing = (f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for path in _lists())
    reading = around(read_requests(files["detail with me"], host))
    return Front(target, browsing, reading, iter(read_requests(files["checkout"], host)))


def _lists() -> Iterator[str]:
    """Lists that hardly anyone has asked for before, so that few are in the cache."""
    chance = random.Random(11)  # noqa: S311  # the same in every run
    levels = ("beginner", "intermediate", "advanced", "all")
    for number in itertools.count():
        query = f"category={chance.choice(CATEGORIES)}&sort={chance.choice(ORDERS)}&level={chance.choice(levels)}"
        yield f"{API}/courses?{query}&page={chance.randint(1, 3)}&maxPrice={2_000 + number * 7 % 18_000}"


async def measure(front: Front, times: float, seconds: float) -> bool:
    console = Console(highlight=False)
    console.print(f"{machine()}, revision {revision()}")
    peak = await find_peak(front)
    console.print(f"Peak with {CONNECTIONS} connections: {peak:,.0f} requests/s answered")
    is_kept = bool(front.target.tls) or await keep_connections(front, console, peak * KEPT_SHARE)
    before = await offer(front, front.target, peak * QUIET_SHARE, QUIET_SECONDS)
    usual = percentile(before[0].outcomes.good, 0.95)
    target = front.target
    if target.tls:
        addresses = math.ceil(peak / NGINX_RATE)
        target = Target(target.url, target.tls, tuple(f"127.0.1.{1 + number}" for number in range(addresses)))
    console.print(f"Offering {times:g} × that for {seconds:.0f} s")
    during = await offer(front, target, peak * times, seconds)
    after = await offer(front, front.target, peak * QUIET_SHARE, QUIET_SECONDS)
    for stream in during:
        outcomes = stream.outcomes
        console.print(
            f"{stream.name}: {stream.sent:,} sent, {len(outcomes.good):,} answered (p50 "
            f"{percentile(outcomes.good, 0.5):.0f} ms, p99 {percentile(outcomes.good, 0.99):.0f} ms), "
            f"{len(outcomes.refused):,} refused (p99 {percentile(outcomes.refused, 0.99):.0f} ms), "
            f"{len(outcomes.failed)} failed, {outcomes.broken} broken"
        )
    goodput = sum(len(stream.outcomes.good) for stream in during) / seconds / peak
    buying = during[-1].outcomes
    unsold = len(buying.refused) + buying.broken
    normal = normal_after(after, usual)
    console.print(f"Goodput {goodput:.2f} of the peak (≥ {GOODPUT}); purchases refused or broken: {unsold} (0)")
    console.print(f"Normal after {normal:.1f} s (≤ {NORMAL_WITHIN:g} s); p95 of lists before: {usual:.0f} ms")
    return is_kept and goodput >= GOODPUT and not unsold and normal <= NORMAL_WITHIN


async def find_peak(front: Front) -> float:
    """Answered requests a second with the same mix, by connections that wait for their answers."""
    target, mixed = front.target, _mixed(front)
    if target.tls:
        # From so many addresses that no limit is reached.
        target = Target(target.url, target.tls, tuple(f"127.0.2.{1 + number}" for number in range(CONNECTIONS)))
    await closed_loop(target, mixed, connections=CONNECTIONS, seconds=2)
    buying = Stream("buying", front.buying, PURCHASES_A_SECOND)
    outcomes, _ = await asyncio.gather(
        closed_loop(target, mixed, connections=CONNECTIONS, seconds=PEAK_SECONDS),
        open_loop(target, [buying], seconds=PEAK_SECONDS),
    )
    return (len(outcomes.good) + len(buying.outcomes.good)) / PEAK_SECONDS


async def keep_connections(front: Front, console: Console, rate: float) -> bool:
    """Whether many connections that are kept, and pause between their requests, are all answered: `rate` a second.

    Not through nginx, which ends connections that come long before their first request.
    """
    pause = KEPT_CONNECTIONS / rate
    kept = await closed_loop(
        front.target, _mixed(front), connections=KEPT_CONNECTIONS, seconds=KEPT_SECONDS, pause=pause
    )
    console.print(
        f"{KEPT_CONNECTIONS:,} connections with pauses at {KEPT_SHARE:g} of that: {len(kept.good):,} answered (p50 "
        f"{percentile(kept.good, 0.5):.0f} ms, p99 {percentile(kept.good, 0.99):.0f} ms), "
        f"{len(kept.refused)} refused (0), {kept.broken} broken (0)"
    )
    return not kept.refused and not kept.broken


def _mixed(front: Front) -> Iterator[bytes]:
    every = round(1 / READING_SHARE)
    return (next(front.browsing if number % every else front.reading) for number in itertools.count())


async def offer(front: Front, target: Target, rate: float, seconds: float) -> list[Stream]:
    streams = front.streams(rate)
    if target.tls and target.sources:
        # Those who browse are far too fast; a buyer has an address of their own.
        *greedy, buying = streams
        buyer = Target(target.url, target.tls, ("127.0.3.1",))
        await asyncio.gather(
            open_loop(target, greedy, seconds=seconds, ready=READY),
            open_loop(buyer, [buying], seconds=seconds, ready=READY_TO_BUY),
        )
        return streams
    await open_loop(target, streams, seconds=seconds)
    return streams


def normal_after(streams: list[Stream], usual: float) -> float:
    """Seconds until lists are refused no more and their p95 is about what it was before."""
    outcomes = streams[0].outcomes
    most = max(LEAST_NORMAL_MS, usual * NORMAL_TIMES)
    last = 0.0
    for number in range(int(QUIET_SECONDS / WINDOW)):
        began, ended = number * WINDOW, (number + 1) * WINDOW
        taken = [ms for ms, at in zip(outcomes.good, outcomes.at, strict=True) if began <= at < ended]
        is_refused = any(began <= at < ended for at in outcomes.refused_at)
        if is_refused or percentile(taken, 0.95) > most:
            last = ended
    return last


if __name__ == "__main__":
    main()
