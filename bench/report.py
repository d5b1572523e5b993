"""The table and the gates, on the screen and in `bench/last.md`, and the chart of them."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.chart import draw
from bench.drive import Round
from bench.rows import GATES, OURS, PGBENCH
from bench.system import CAN_PIN

LAST = Path(__file__).with_name("last.md")
COLUMNS = (
    *("work", "server", "requests/s", "p50 ms", "p95 ms", "p99 ms", "µs of server", "µs of PostgreSQL"),
    *("refused", "failed", "ours ÷ it"),
)
# (row, server) → its rounds
Results = Mapping[tuple[str, str], list[Round]]


def median_of(results: Results, row: str, server: str, figure: str) -> float:
    """Raises KeyError when the row was not measured."""
    return statistics.median(getattr(one, figure) for one in results[row, server])


def report(results: Results, *, command: str, load: float) -> None:
    """Prints the figures, and writes them into `bench/last.md`."""
    rows = [_line(results, row, server) for row, server in results]
    gates = list(_gates(results))
    for head, lines in ((COLUMNS, rows), (("gate", "asked", "measured", ""), gates)):
        table = Table(*head)
        for line in lines:
            table.add_row(*line)
        Console(width=None if sys.stdout.isatty() else 180).print(table)
    how = (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}, revision {revision()}: `{command}`. "
        "Medians of alternating rounds, in brackets the slowest and the fastest. "
        f"{'Each server on one core, PostgreSQL, Redis and the load on the other.' if CAN_PIN else 'Nothing pinned.'} "
        f"Load average before it began: {load:.1f}."
    )
    parts = ["# The last figures", "", how, "", *_markdown(COLUMNS, rows), ""]
    parts += ["## Gates", "", *_markdown(("gate", "asked", "measured", "holds"), gates)]
    LAST.write_text("\n".join(parts) + "\n")
    draw({(row, server): median_of(results, row, server, "per_second") for row, server in results})


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, PostgreSQL 18"


def revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=LAST.parent)
    return done.stdout.strip() or "unknown"


def _line(results: Results, row: str, server: str) -> tuple[str, ...]:
    rounds = results[row, server]

    def of(figure: str) -> float:
        return median_of(results, row, server, figure)

    rates = [one.per_second for one in rounds]
    spread = f" ({min(rates):,.0f}–{max(rates):,.0f})" if len(rates) > 1 else ""
    ours = results.get((row, OURS))
    ratio = f"{median_of(results, row, OURS, 'per_second') / of('per_second'):.2f}" if ours and of("per_second") else ""
    return (
        row,
        server,
        f"{of('per_second'):,.0f}{spread}" if of("per_second") else "",
        f"{of('p50'):,.1f}",
        "" if server == PGBENCH else f"{of('p95'):,.1f}",
        "" if server == PGBENCH else f"{of('p99'):,.1f}",
        f"{of('server_us'):,.0f}" if of("server_us") else "",
        f"{of('postgres_us'):,.0f}" if of("postgres_us") else "",
        str(sum(one.refused for one in rounds)),
        str(sum(one.failed for one in rounds)),
        "" if server == OURS else ratio,
    )


def _gates(results: Results) -> list[tuple[str, ...]]:
    found = []
    for gate in GATES:
        try:
            figure = gate.figure(lambda row, server, name: median_of(results, row, server, name))
        except (KeyError, ZeroDivisionError):
            continue
        found.append((gate.name, gate.asked, f"{figure:,.2f}", "yes" if gate.holds(figure) else "**no**"))
    return found


def _markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *rows)]
