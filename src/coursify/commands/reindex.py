"""`coursify reindex`: the words by which courses are found."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from coursify.commands.environment import find_settings
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.settings import Settings
from coursify.modules.courses.services.refresh_words import refresh_words
from coursify.modules.courses.services.reindex_courses import reindex_courses, reindex_every_course

# The words of all courses are counted in one statement.
STATEMENT_TIMEOUT_MS = 300_000


def reindex(
    *, every: bool = False, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None
) -> None:
    """Index every course that is not indexed as it is now, after an update or a restored dump; then count the words.

    Parameters
    ----------
    every
        Index all courses, so that a catalogue that has grown is searched fast by words that many courses have.
    data_dir
        The data folder of a running sandbox, used when DATABASE_URL is not set.
    """
    console = Console(highlight=False)
    count = asyncio.run(_reindex(find_settings(data_dir), console, every=every))
    console.print(f"[bold green]{count:,} courses indexed.[/]")


async def _reindex(settings: Settings, console: Console, *, every: bool) -> int:
    patient = settings.database.model_copy(update={"database_statement_timeout_ms": STATEMENT_TIMEOUT_MS})
    async with open_database(patient, Clock(settings.app.clock_offset_file)) as database:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Indexing", total=None)

            def show(count: int) -> None:
                bar.update(task, description=f"{count:,} courses indexed")

            run = reindex_every_course if every else reindex_courses
            count = await run(database, show=show)
            bar.update(task, description="Counting words")
            await refresh_words(database)
    return count
