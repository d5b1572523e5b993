"""Children under watch: started, kept running while they are wanted, stopped with their whole family."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.processes import (
    Process,
    Watchdog,
    describe_exit,
    kill_group,
    spawn,
    start_watchdog,
    stop,
    tail,
)
from coursify_sandbox.supervisor.parts import Part
from coursify_sandbox.supervisor.stale_processes import record_processes

LIVED_LONG_ENOUGH = 3.0
LONGEST_PAUSE = 15.0


@dataclass
class Child:
    part: Part
    process: Process | None = None
    is_wanted: bool = False
    started_at: float = 0.0
    quick_deaths: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Crew:
    """All children of one supervisor, and the watchdog that ends them when it is killed."""

    folder: DataFolder
    children: dict[str, Child]
    watchdog: Watchdog
    tell: Callable[[str], None]


def hire(folder: DataFolder, parts: list[Part], tell: Callable[[str], None]) -> Crew:
    return Crew(folder, {part.name: Child(part) for part in parts}, start_watchdog(folder.run_file), tell)


async def start_child(crew: Crew, child: Child) -> None:
    """Start it and return once it is ready; a child that dies before that raises with the end of its log."""
    child.is_wanted = True
    child.process = spawn(child.part.command(), crew.watchdog)
    child.started_at = time.monotonic()
    record_processes(crew.folder, {name: each.process for name, each in crew.children.items()})
    part, process = child.part, child.process
    deadline = time.monotonic() + part.patience
    while child.is_wanted and time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(f"{part.subject} {describe_exit(process)} before it was ready; {log_end(part.log)}")
        if await asyncio.to_thread(part.answers) and process.poll() is None:
            return
        await asyncio.sleep(0.06)
    if child.is_wanted:
        raise SandboxError(f"{part.subject} was not ready within {part.patience:.0f} s; {log_end(part.log)}")


async def stop_child(crew: Crew, child: Child) -> None:
    """Ask it to end, and kill its family when it does not; nothing of it is left afterwards."""
    child.is_wanted = False
    if child.process is None:
        return
    await asyncio.to_thread(stop, child.process, crew.watchdog, child.part.stop_signal, child.part.stop_patience)
    child.process = None


async def keep_running(crew: Crew) -> None:
    """Start again whoever dies while wanted, at once; only who keeps dying young waits longer each time."""
    restarts: set[asyncio.Task[None]] = set()
    while True:
        for child in crew.children.values():
            is_dead = child.process is not None and child.process.poll() is not None
            if child.is_wanted and is_dead and not child.lock.locked():
                restarts.add(asyncio.create_task(_revive(crew, child)))
        restarts = {task for task in restarts if not task.done()}
        await asyncio.sleep(0.1)


async def _revive(crew: Crew, child: Child) -> None:
    async with child.lock:
        if not child.is_wanted or child.process is None or child.process.poll() is None:
            return
        process = child.process
        kill_group(process, crew.watchdog)
        lived = time.monotonic() - child.started_at
        child.quick_deaths = 0 if lived > LIVED_LONG_ENOUGH else child.quick_deaths + 1
        pause = min(LONGEST_PAUSE, 0.25 * 2 ** (child.quick_deaths - 1)) if child.quick_deaths else 0.0
        crew.tell(f"{child.part.subject} {describe_exit(process)}; it is started again.")
        await asyncio.sleep(pause)
        try:
            await start_child(crew, child)
        except SandboxError as error:
            crew.tell(str(error).splitlines()[0])


def log_end(log: Path) -> str:
    return f"the end of {log} says:\n{tail(log)}"
