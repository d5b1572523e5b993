"""The start, in order: servers and stand-ins together, schema, school, then worker and API."""

import asyncio

from coursify_sandbox.postgres import initialize
from coursify_sandbox.supervisor.children import Crew, start_child
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.schema import migrate
from coursify_sandbox.supervisor.school import forget_unfinished_school, prepare_database, seed_once
from coursify_sandbox.supervisor.screen import Screen, step

FIRST = ("postgres", "redis", "stripe", "mailbox")
LAST = ("worker", "api")


async def start_everything(crew: Crew, plan: Plan, screen: Screen) -> None:
    """Return when every part is ready."""
    if plan.cluster:
        if not (plan.cluster.home.data / "PG_VERSION").exists():
            with step(screen, "a new PostgreSQL cluster"):
                await asyncio.to_thread(initialize, plan.cluster)
            plan.folder.seeded.unlink(missing_ok=True)
        initialize(plan.cluster)
        if not plan.folder.seeded.exists():
            forget_unfinished_school(plan.folder)
    await _start_together(crew, screen, FIRST)
    if plan.cluster:
        await asyncio.to_thread(prepare_database, plan.cluster, plan.folder)
    with step(screen, "schema"):
        await migrate(crew, plan)
    if not plan.folder.seeded.exists() or plan.cluster is None:
        with step(screen, "one account per role" if plan.is_empty_school else "sample school"):
            await seed_once(crew, plan, screen)
    await _start_together(crew, screen, LAST)


async def _start_together(crew: Crew, screen: Screen, names: tuple[str, ...]) -> None:
    async def start(name: str) -> None:
        child = crew.children[name]
        with step(screen, child.part.title):
            await start_child(crew, child)

    async with asyncio.TaskGroup() as group:
        for name in names:
            if name in crew.children:
                group.create_task(start(name))
