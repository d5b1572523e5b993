"""`coursify stats`: the stored statistics."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from coursify.commands.environment import find_settings
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.settings import Settings
from coursify.modules.analytics.services.rebuild_rollups import rebuild_rollups

# The cohorts of a month are read in one statement.
STATEMENT_TIMEOUT_MS = 300_000


def rebuild(*, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None) -> None:
    """Compute all statistics again from orders, the ledger, enrollments, progress, reviews and daily views.

    Parameters
    ----------
    data_dir
        The data folder of a running sandbox, used when DATABASE_URL is not set.
    """
    console = Console(highlight=False)
    asyncio.run(_rebuild(find_settings(data_dir), console))
    console.print("[bold green]All statistics are computed again.[/]")


async def _rebuild(settings: Settings, console: Console) -> None:
    patient = settings.database.model_copy(update={"database_statement_timeout_ms": STATEMENT_TIMEOUT_MS})
    async with open_database(patient, Clock(settings.app.clock_offset_file)) as database:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Computing", total=None)

            def show(reached: datetime) -> None:
                bar.update(task, description=f"Computed until {reached:%Y-%m-%d}")

            await rebuild_rollups(database, progress_to=show)
