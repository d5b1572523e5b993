"""`coursify jobs`: list and retry failed jobs."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from rich.console import Console

from coursify.commands.environment import load_or_exit
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.queries import job_queue
from coursify.core.queries.job_queue import FailedJob
from coursify.core.settings import Settings


def failed() -> None:
    """List the failed jobs. Exits with 1 when there are any.

    A run of a periodic job that its next run has followed is not counted.
    """
    jobs = asyncio.run(_failed(load_or_exit(), retry=False))
    _print(jobs)
    sys.exit(1 if jobs else 0)


def retry() -> None:
    """Run every failed job once more."""
    jobs = asyncio.run(_failed(load_or_exit(), retry=True))
    _print(jobs)


async def _failed(settings: Settings, *, retry: bool) -> list[FailedJob]:
    clock = Clock(settings.app.clock_offset_file)
    async with open_database(settings.database, clock) as database, database.transaction() as (db, _now):
        jobs = await job_queue.list_failed_jobs(db)
        for job in jobs if retry else ():
            # The queue's own time has no offset of a sandbox.
            await job_queue.retry_failed_job(db, job.id, now=datetime.now(UTC))
        return jobs


def _print(jobs: list[FailedJob]) -> None:
    console = Console(highlight=False)
    for job in jobs:
        console.print(f"{job.id} {job.task_name} {job.arguments} after {job.attempts} runs", markup=False)
    console.print(f"{len(jobs)} failed jobs")
