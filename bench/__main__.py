"""`make bench`: measure the running sandbox, print the medians, and keep them in bench/last.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvloop
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.load import CONNECTIONS, Request, Round, run_round

ROUNDS = 3
API = "/api/v1"
HERE = Path(__file__).parent
COLUMNS = ("work", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--seconds", type=float, default=5, help="how long one round takes")
    seconds = parser.parse_args().seconds
    found = Path(os.environ.get("COURSIFY_DATA_DIR", ".coursify")) / "run.json"
    if not found.exists():
        sys.exit("Nothing runs here: start `make run` in another terminal first.")
    running = json.loads(found.read_text())
    address = urlsplit(running["api"])
    results = {}
    load = os.getloadavg()[0]
    for name, request in track(prepare(running).items(), description="Measuring"):
        results[name] = uvloop.run(measure(str(address.hostname), address.port or 80, request, seconds))
    report(results, seconds, load)


def prepare(running: dict[str, object]) -> dict[str, Request]:
    """The requests of the sample student: what a catalogue and a player ask for all day."""
    accounts = {account["role"]: account for account in running["accounts"]}  # type: ignore[attr-defined]
    student = {key: accounts["student"][key] for key in ("email", "password")}
    with httpx.Client(base_url=f"{running['api']}{API}", trust_env=False) as client:
        token = client.post("/users/login", json=student).json()["data"]["accessToken"]
        slug = client.get("/courses").json()["data"][0]["slug"]
        headers = {"Authorization": f"Bearer {token}"}
        enrollment = client.get("/enrollments", headers=headers).json()["data"][0]["id"]
        lesson = client.get(f"/enrollments/{enrollment}", headers=headers).json()["data"]["lessons"][0]["lessonId"]
    progress = json.dumps({"lessonId": lesson, "positionSeconds": 1}).encode()
    return {
        "listing from the database": Request("GET", f"{API}/courses"),
        "search": Request("GET", f"{API}/courses?search=design"),
        "course detail": Request("GET", f"{API}/courses/{slug}"),
        "/users/me": Request("GET", f"{API}/users/me", token),
        "progress write, durable": Request("PUT", f"{API}/enrollments/{enrollment}/progress", token, progress),
    }


async def measure(host: str, port: int, request: Request, seconds: float) -> Round:
    """The medians of some rounds, after one that warms up."""
    await run_round(host, port, request, seconds=1)
    rounds = [await run_round(host, port, request, seconds=seconds) for _ in range(ROUNDS)]
    await asyncio.sleep(0.2)
    return Round(
        per_second=statistics.median(one.per_second for one in rounds),
        p50_ms=statistics.median(one.p50_ms for one in rounds),
        p95_ms=statistics.median(one.p95_ms for one in rounds),
        p99_ms=statistics.median(one.p99_ms for one in rounds),
        errors=sum(one.errors for one in rounds),
    )


def report(results: dict[str, Round], seconds: float, load: float) -> None:
    rows = [
        (name, f"{one.per_second:,.0f}", f"{one.p50_ms:.1f}", f"{one.p95_ms:.1f}", f"{one.p99_ms:.1f}", str(one.errors))
        for name, one in results.items()
    ]
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    how = (
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}; `make bench` beside `make run`: one API process, PostgreSQL, Redis, "
        f"the worker and the load itself share the machine. {CONNECTIONS} connections, medians of {ROUNDS} rounds of "
        f"{seconds:g} s. Load average before it began: {load:.1f}."
    )
    head = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines = ["# The last figures", "", how, "", *head, *(f"| {' | '.join(row)} |" for row in rows)]
    (HERE / "last.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
