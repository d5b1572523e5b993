"""Starts the sandbox in order: servers and stand-ins together, migration, seed, then worker and API."""

from __future__ import annotations

import asyncio

from coursify_sandbox.postgres import initialize_cluster
from coursify_sandbox.supervisor.migrate_database import migrate_database
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.processes import Processes, start_process
from coursify_sandbox.supervisor.screen import Screen, step
from coursify_sandbox.supervisor.seed_database import delete_unfinished_seed, prepare_database, seed_database

FIRST = ("postgres", "redis", "stripe", "mailbox")
LAST = ("worker", "api")


async def start_all(processes: Processes, plan: Plan, screen: Screen) -> None:
    """Return when every process is ready."""
    if plan.cluster:
        if not (plan.cluster.paths.data / "PG_VERSION").exists():
            with step(screen, "new PostgreSQL cluster"):
                await asyncio.to_thread(initialize_cluster, plan.cluster)
            plan.folder.seed_marker.unlink(missing_ok=True)
        initialize_cluster(plan.cluster)
        if not plan.folder.seed_marker.exists():
            delete_unfinished_seed(plan.folder)
    await _start_together(processes, screen, FIRST)
    if plan.cluster:
        await asyncio.to_thread(prepare_database, plan.cluster, plan.folder)
    with step(screen, "schema"):
        await migrate_database(processes, plan)
    if not plan.folder.seed_marker.exists() or plan.cluster is None:
        with step(screen, "one account per role" if plan.is_empty_school else "sample school"):
            await seed_database(processes, plan, screen)
    await _start_together(processes, screen, LAST)


async def _start_together(processes: Processes, screen: Screen, names: tuple[str, ...]) -> None:
    async def start(name: str) -> None:
        managed = processes.by_name[name]
        with step(screen, managed.program.title):
            await start_process(processes, managed)

    async with asyncio.TaskGroup() as group:
        for name in names:
            if name in processes.by_name:
                group.create_task(start(name))
