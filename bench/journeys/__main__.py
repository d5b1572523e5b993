"""`make bench-load`: 1,000 people with pauses of 3 to 10 seconds, everything on this machine; steps, errors, gates."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from scripts.install import find_uv, uv_environment

from bench.load import allow_sockets
from bench.report import machine, revision
from bench.school import PASSWORD
from bench.system import FOLDER, System, start_system
from coursify_sandbox.subprocesses import tail

HERE = Path(__file__).parent
VENV = FOLDER / "journeys"
SIGN_IN = "sign in"
P50_MS, P95_MS, ERRORS = 15, 100, 0.001
STARTED_A_SECOND = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-load")
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--buyers", type=float, default=0.1, help="the share of those who buy, learn and review")
    parser.add_argument("--seconds", type=int, default=240, help="after the last person has started")
    given = parser.parse_args()
    install()
    allow_sockets()
    with start_system(is_pinned=False) as system:
        system.start_api(core=None)
        system.start_worker(core=None)
        figures = run(system, given.users, given.seconds, given.buyers)
        audit = system.run("audit")
    holds = report(figures, given.users)
    sys.stdout.write(audit.stdout.strip().rpartition("\n")[2] + "\n")
    sys.exit(0 if holds and audit.returncode == 0 else 1)


def install() -> None:
    """Locust, locked, in an environment of its own; a second call does nothing."""
    wanted, stamp = (HERE / "requirements.lock").read_text(), VENV / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    environment = uv_environment()
    uv = find_uv(environment)
    make = [*uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(VENV)]
    subprocess.run(make, env=environment, check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python"), "--require-hashes"]
    subprocess.run([*install, "-r", str(HERE / "requirements.lock")], env=environment, check=True)
    stamp.write_text(wanted)


def run(system: System, users: int, seconds: int, buyers: float) -> list[dict[str, Any]]:
    """What locust noted of each step. The time in which people start is not counted."""
    rising = users / STARTED_A_SECOND
    command = [str(VENV / "bin" / "locust"), "--locustfile", str(HERE / "locustfile.py"), "--headless"]
    command += ["--host", system.url, "--users", str(users), "--spawn-rate", str(STARTED_A_SECOND)]
    command += ["--run-time", f"{seconds + rising:.0f}s", "--reset-stats", "--json", "--loglevel", "WARNING"]
    command += ["--exit-code-on-error", "0"]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(FOLDER),
        "PASSWORD": PASSWORD,
        "BUYERS": str(buyers),
        "STRIPE": system.stripe_url,
        "PUBLISHABLE_KEY": system.keys.stripe_publishable_key,
    }
    Console(stderr=True).print(f"{users:,} people for {seconds + rising:.0f} s")
    log = FOLDER / "locust.log"
    with log.open("w") as stream:
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=stream, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"locust ended with {done.returncode}: {tail(log)}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def report(steps: list[dict[str, Any]], users: int) -> bool:
    """Prints the steps and whether the gates hold, which do not count signing in."""
    table = Table("step", "requests", "p50 ms", "p95 ms", "p99 ms", "errors")
    every: Counter[float] = Counter()
    for step in sorted(steps, key=lambda step: -step["num_requests"]):
        times = Counter({float(ms): count for ms, count in step["response_times"].items()})
        if step["name"] != SIGN_IN:
            every += times
        figures = (f"{percentile(times, share):,.0f}" for share in (0.5, 0.95, 0.99))
        table.add_row(step["name"], f"{step['num_requests']:,}", *figures, str(step["num_failures"]))
    requests, errors = (sum(step[name] for step in steps) for name in ("num_requests", "num_failures"))
    p50, p95 = percentile(every, 0.5), percentile(every, 0.95)
    table.add_row("all but signing in", f"{every.total():,}", f"{p50:,.0f}", f"{p95:,.0f}", "", "")
    holds = p50 <= P50_MS and p95 <= P95_MS and errors < ERRORS * requests
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    console.print(
        f"{machine()}, revision {revision()}, {users:,} people: {errors} errors in {requests:,} requests "
        f"(< {ERRORS:.1%}), p50 {p50:.0f} ms (≤ {P50_MS}), p95 {p95:.0f} ms (≤ {P95_MS}): "
        f"{'holds' if holds else 'does not hold'}"
    )
    return holds


def percentile(times: Counter[float], share: float) -> float:
    """The time within which `share` of the requests were answered."""
    left = share * times.total()
    for milliseconds, count in sorted(times.items()):
        left -= count
        if left <= 0:
            return milliseconds
    return 0.0


if __name__ == "__main__":
    main()
