"""`coursify audit`: look for rows that break an invariant."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import psycopg
from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape

from coursify.commands.environment import names_a_database
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.environment import read_environment
from coursify.core.errors import AppError
from coursify.core.settings import DatabaseSettings
from coursify.invariants.examine import examine
from coursify.invariants.models import Finding

TREE = Path(__file__).resolve().parents[3]
SHOWN_ROWS = 10
# Longer than the limit of requests, because the audit reads whole tables.
STATEMENT_TIMEOUT_MS = 600_000


def audit(*, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None) -> None:
    """Print each invariant and the rows that break it. Exits with 1 when there are any.

    Parameters
    ----------
    data_dir
        The data folder of a running sandbox, used when DATABASE_URL is not set.
    """
    console = Console(highlight=False)
    settings, clock = _locate(data_dir, console)
    try:
        findings = asyncio.run(_examine(settings, clock))
    except (psycopg.Error, AppError) as error:
        console.print(f"[bold red]✗[/] The database cannot be queried: {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    for finding in findings:
        print_finding(finding, console)
    broken = sum(finding.is_broken for finding in findings)
    if broken:
        console.print(f"\n[bold red]{broken} of {len(findings)} invariants are broken.[/]")
        sys.exit(1)
    console.print(f"\n[bold green]All {len(findings)} invariants hold.[/]")


def print_finding(finding: Finding, console: Console) -> None:
    """Print one line for an invariant, and below it the rows that break it."""
    mark = "[bold red]✗[/]" if finding.is_broken else "[green]✓[/]"
    console.print(f"{mark} [dim]{finding.invariant.code}[/] {escape(finding.invariant.sentence)}", soft_wrap=True)
    for row in finding.rows[:SHOWN_ROWS]:
        shown = "  ".join(f"{name}={value}" for name, value in row.items())
        console.print(f"       [red]{escape(shown)}[/]", soft_wrap=True)
    if len(finding.rows) > SHOWN_ROWS:
        console.print(f"       [red]… and {len(finding.rows) - SHOWN_ROWS} more[/]")


def _locate(data_dir: Path | None, console: Console) -> tuple[DatabaseSettings, Clock]:
    """The database and clock of the environment, or of the sandbox that runs here."""
    if names_a_database():
        offset_file = read_environment([]).get("CLOCK_OFFSET_FILE")
        settings = DatabaseSettings(database_statement_timeout_ms=STATEMENT_TIMEOUT_MS)
        return settings, Clock(Path(offset_file) if offset_file else None)
    home = TREE if (TREE / "pyproject.toml").is_file() else Path.cwd()
    folder = data_dir or home / ".coursify"
    try:
        url = json.loads((folder / "run.json").read_text())["appDatabaseUrl"]
    except (OSError, ValueError, KeyError):
        console.print(
            f"[bold red]✗[/] DATABASE_URL is not set, and no sandbox runs with its data in {escape(str(folder))}.",
            soft_wrap=True,
        )
        sys.exit(2)
    settings = DatabaseSettings(database_url=url, database_statement_timeout_ms=STATEMENT_TIMEOUT_MS)
    return settings, Clock(folder / "clock-offset")


async def _examine(settings: DatabaseSettings, clock: Clock) -> list[Finding]:
    async with open_database(settings, clock) as database:
        now = await database.now()
        async with database.read() as db:
            return await examine(db, now=now)
