"""`coursify jobs`: list and retry failed jobs."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from procrastinate.jobs import Job
from rich.console import Console

from coursify.commands.environment import load_or_exit
from coursify.core.settings import Settings
from coursify.resources import open_resources
from coursify.worker import STATEMENT_TIMEOUT_MS, open_queue


def failed() -> None:
    """List the failed jobs. Exits with 1 when there are any."""
    jobs = asyncio.run(_failed(load_or_exit(), retry=False))
    _print(jobs)
    sys.exit(1 if jobs else 0)


def retry() -> None:
    """Run every failed job once more."""
    jobs = asyncio.run(_failed(load_or_exit(), retry=True))
    _print(jobs)


async def _failed(settings: Settings, *, retry: bool) -> list[Job]:
    async with (
        open_resources(settings, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as resources,
        open_queue(resources, with_clock=False) as queue,
    ):
        jobs = list(await queue.job_manager.list_jobs_async(status="failed"))
        for job in jobs if retry else ():
            await queue.job_manager.retry_job_by_id_async(job_id=job.id or 0, retry_at=datetime.now(UTC))
        return jobs


def _print(jobs: list[Job]) -> None:
    console = Console(highlight=False)
    for job in jobs:
        console.print(f"{job.id} {job.task_name} {job.task_kwargs} after {job.attempts} runs", markup=False)
    console.print(f"{len(jobs)} failed jobs")
