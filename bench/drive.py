"""One round of load on one server: what it answered, and what it cost in processor time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from scripts.install import TREE

from bench.processes import cpu_seconds, resident_mb
from bench.system import OTHER_CORE, Server, System

WRK = shutil.which("wrk")
LUA = Path(__file__).with_name("requests.lua")
SETTLES_WITHIN = 30.0
# So often in a row nothing runs.
IDLE_TIMES = 5


@dataclass(frozen=True)
class Round:
    """Requests per second that were answered with 2xx, milliseconds, and microseconds of processor for a request."""

    per_second: float
    p50: float
    p95: float
    p99: float
    server_us: float
    postgres_us: float
    refused: int
    refused_p99: float
    failed: int
    memory_mb: float
    requests: int


def drive(
    system: System,
    server: Server,
    requests: Path,
    *,
    connections: int,
    seconds: float,
    start: int = 0,
    keeps_refusals: bool = False,
) -> Round:
    """By wrk; by our own load where there is none, or where the latencies of refusals are kept apart."""
    postgres = system.processes["postgres"].pid
    before = cpu_seconds(server.process.pid), cpu_seconds(postgres)
    got = _run(_command(server.url, requests, connections, seconds, start, is_own=keeps_refusals or not WRK))
    after = cpu_seconds(server.process.pid), cpu_seconds(postgres)
    settle(system)
    count = max(1, int(got["requests"]))
    good = got.get("good", got["requests"] - got["failed"])
    return Round(
        per_second=good / got["seconds"],
        p50=got["p50"],
        p95=got["p95"],
        p99=got["p99"],
        server_us=(after[0] - before[0]) / count * 1e6,
        postgres_us=(after[1] - before[1]) / count * 1e6,
        refused=int(got.get("refused", 0)),
        refused_p99=got.get("refused_p99", 0.0),
        failed=int(got["failed"] + got["broken"]),
        memory_mb=resident_mb(server.process.pid),
        requests=count,
    )


def settle(system: System) -> None:
    """Waits until PostgreSQL has done what was still asked of it when the last load ended."""
    deadline = time.monotonic() + SETTLES_WITHIN
    idle = 0
    with psycopg.connect(system.owner_url, autocommit=True) as db:
        while idle < IDLE_TIMES and time.monotonic() < deadline:
            row = db.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND backend_type = "
                "'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            idle = 0 if row and row[0] else idle + 1
            time.sleep(0.02)


def _command(url: str, requests: Path, connections: int, seconds: float, start: int, *, is_own: bool) -> list[str]:
    pinned = ["taskset", "-c", str(OTHER_CORE)] if OTHER_CORE is not None else []
    if is_own:
        own = [sys.executable, "-m", "bench.load", url, str(requests), "--start", str(start)]
        return [*pinned, *own, "--connections", str(connections), "--seconds", str(seconds)]
    # wrk takes whole seconds.
    wrk = [WRK or "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(LUA)]
    return [*pinned, *wrk, url, "--", str(requests), str(start)]


def _run(command: list[str]) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": f"{TREE}:{TREE / 'src'}"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    found = re.search(r"^JSON (.*)$", done.stdout, re.MULTILINE)
    if not found:
        raise RuntimeError(f"The load ended without figures: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    figures: dict[str, float] = json.loads(found[1])
    return figures
