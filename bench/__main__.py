"""`make bench`: measure ours beside what a user would pick instead, and keep the figures in bench/last.md."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bench import rivals
from bench.drive import Round, drive
from bench.load import allow_sockets
from bench.prepared import Learner, Prepared, find_learners, prepare, webhooks
from bench.processes import cpu_seconds, resident_mb
from bench.report import report
from bench.rows import AT_ONCE, CONNECTIONS, FASTIFY, NGINX, OURS, PGBENCH, RAW_DETAIL, RAW_LISTING, ROWS, START, Row
from bench.rows import at_once as name_of
from bench.statements import SCRIPTS, measure_statements, record
from bench.system import Server, System, start_system
from coursify_sandbox.ports import free_port

STARTS = 5
WARM_UP = 1.0
# More webhooks than any server acknowledges in a second.
WEBHOOKS_A_SECOND = 3_000
OTHERS = (CONNECTIONS, START)


class Bench:
    """The servers that are running, the prepared requests, and the figures so far."""

    def __init__(self, system: System, bar: Progress, *, seconds: float, rounds: int) -> None:
        self.system, self.bar, self.seconds, self.rounds = system, bar, seconds, rounds
        self.servers: dict[str, Server] = {}
        self.scripts: dict[str, list[str]] = {}
        self.results: dict[tuple[str, str], list[Round]] = defaultdict(list)
        self.used: dict[Path, int] = defaultdict(int)
        self.prepared = Prepared({}, {})
        self.learners: list[Learner] = []
        self.task = bar.add_task("Starting", total=None)

    def say(self, text: str) -> None:
        self.bar.update(self.task, description=text)

    def start(self, rows: list[Row]) -> None:
        ours = self.servers[OURS] = self.system.start_api()
        self.say("The worker does what is due")
        self.system.start_worker()
        self.learners = find_learners(self.system)
        self.prepared = prepare(self.system, self.learners)
        needed = {server for row in rows for server in row.servers}
        if needed & set(rivals.STARTS):
            self.say("Installing the rivals, once")
            rivals.install()
        for name in sorted(needed & set(rivals.STARTS)):
            self.say(f"Starting {name}")
            self.servers[name] = rivals.STARTS[name](self.system)
        for name, row in ((RAW_LISTING, "hot listing"), (RAW_DETAIL, "hot detail")):
            if name in needed:
                path = self.prepared.ours[row].read_text().split("\t")[1]
                self.servers[name] = rivals.start_raw(self.system, ours, path, name)
        if NGINX in needed and shutil.which("nginx"):
            self.servers[NGINX] = rivals.start_nginx(self.system, ours)
        for row in rows:
            if PGBENCH in row.servers:
                self.say(f"Recording the statements of {row.name}")
                lines = self.prepared.ours[row.requests].read_text().splitlines()[:SCRIPTS]
                self.scripts[row.name] = asyncio.run(record(self.system, lines))

    def measure(self, row: Row) -> None:
        """A warm-up for each server, then rounds in turn."""
        servers = [name for name in row.servers if name in self.servers or name == PGBENCH]
        for number in range(self.rounds + 1):
            for name in servers:
                is_warm_up = number == 0
                self.say(f"{row.name}: {name}")
                seconds = min(WARM_UP, self.seconds) if is_warm_up else self.seconds
                made = self._round(row, name, seconds)
                if not is_warm_up:
                    self.results[row.name, name].append(made)
        self.bar.advance(self.task)

    def _round(self, row: Row, name: str, seconds: float) -> Round:
        if name == PGBENCH:
            return measure_statements(self.system, self.scripts[row.name], seconds=seconds)
        if row.requests == "webhook":
            requests, start = webhooks(self.system, int(WEBHOOKS_A_SECOND * seconds)), 0
        else:
            requests = self.prepared.find(row.requests, is_ours=name == OURS)
            start = self.used[requests]
        made = drive(
            self.system, self.servers[name], requests, connections=row.connections, seconds=seconds, start=start
        )
        if row.is_once:
            self.used[requests] += made.requests + row.connections
        return made

    def measure_connections(self) -> None:
        """On a fresh process of ours, whose memory is noted when it is warm and after 1,000 connections."""
        if FASTIFY not in self.servers:
            self.say("Installing the rivals, once")
            rivals.install()
        ours = self.system.start_api("ours, fresh", port=free_port())
        fastify = self.servers.get(FASTIFY) or rivals.start_fastify(self.system)
        for row in ("hot listing", "listing", "search", "me", "progress", "detail with me"):
            self.say(f"{CONNECTIONS}: warming up")
            drive(self.system, ours, self.prepared.ours[row], connections=AT_ONCE[0], seconds=WARM_UP)
        for count in AT_ONCE:
            for _ in range(self.rounds):
                for name, server in ((OURS, ours), (FASTIFY, fastify)):
                    self.say(f"{count:,} connections: {name}")
                    requests = self.prepared.find("detail with me", is_ours=name == OURS)
                    made = drive(
                        self.system, server, requests, connections=count, seconds=self.seconds, keeps_refusals=True
                    )
                    self.results[name_of(count), name].append(made)
        self.system.end("ours, fresh")
        self.bar.advance(self.task)

    def measure_start(self) -> None:
        """From the start of the process to the first 200 of its health page."""
        for number in range(STARTS):
            self.say(f"Start {number + 1} of {STARTS}")
            server = self.system.start_api("ours, started", port=free_port())
            ms, cost = server.started_in * 1000, cpu_seconds(server.process.pid) * 1e6
            memory = resident_mb(server.process.pid)
            self.results[START, OURS].append(Round(0.0, ms, ms, ms, cost, 0.0, 0, 0.0, 0, memory, 1))
            self.system.end("ours, started")
        self.bar.advance(self.task)


def main() -> None:
    names = [row.name for row in ROWS] + list(OTHERS)
    parser = argparse.ArgumentParser(prog="make bench", description="Rows: " + ", ".join(names))
    parser.add_argument("rows", nargs="*", help="parts of the names of rows; without any, all")
    parser.add_argument("--seconds", type=float, default=3, help="how long one round takes")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    chosen = [name for name in names if not given.rows or any(part in name for part in given.rows)]
    rows = [row for row in ROWS if row.name in chosen]
    allow_sockets()
    load = os.getloadavg()[0]
    with start_system() as system, Progress(console=Console(stderr=True)) as bar:
        bench = Bench(system, bar, seconds=given.seconds, rounds=given.rounds)
        bench.start(rows)
        bar.update(bench.task, total=len(chosen))
        for row in rows:
            bench.measure(row)
        if CONNECTIONS in chosen:
            bench.measure_connections()
        if START in chosen:
            bench.measure_start()
        bench.say("Done")
    report(dict(bench.results), command=" ".join(["make bench", *sys.argv[1:]]), load=load)


if __name__ == "__main__":
    main()
