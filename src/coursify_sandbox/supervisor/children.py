"""Children under watch: started, kept running while they are wanted, stopped with their whole family."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.processes import Command, Process, how_it_ended, signal_group, spawn, stop, tail
from coursify_sandbox.supervisor.leftovers import note_children
from coursify_sandbox.supervisor.parts import Part

LEASH = Path(__file__).with_name("leash.py")
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
    """All children of one supervisor, and the leash that ends them should it be killed."""

    folder: DataFolder
    children: dict[str, Child]
    leash: Process
    tell: Callable[[str], None]


def hire(folder: DataFolder, parts: list[Part], tell: Callable[[str], None]) -> Crew:
    leash = subprocess.Popen(
        [sys.executable, "-ISB", str(LEASH), str(folder.run_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        start_new_session=True,
    )
    return Crew(folder, {part.name: Child(part) for part in parts}, leash, tell)


async def start_child(crew: Crew, child: Child) -> None:
    """Start it and return once it is ready; a child that dies before that raises with the end of its log."""
    child.is_wanted = True
    child.process = start_process(crew, child.part.command())
    child.started_at = time.monotonic()
    note_children(crew.folder, {name: each.process for name, each in crew.children.items()})
    part, process = child.part, child.process
    deadline = time.monotonic() + part.patience
    while child.is_wanted and time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(f"{part.subject} {how_it_ended(process)} before it was ready; {log_end(part.log)}")
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
    await asyncio.to_thread(stop, child.process, child.part.stop_signal, child.part.stop_patience)
    forget_process(crew, child.process)
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
        forget_process(crew, process)
        lived = time.monotonic() - child.started_at
        child.quick_deaths = 0 if lived > LIVED_LONG_ENOUGH else child.quick_deaths + 1
        pause = min(LONGEST_PAUSE, 0.25 * 2 ** (child.quick_deaths - 1)) if child.quick_deaths else 0.0
        crew.tell(f"{child.part.subject} {how_it_ended(process)}; it is started again.")
        await asyncio.sleep(pause)
        try:
            await start_child(crew, child)
        except SandboxError as error:
            crew.tell(str(error).splitlines()[0])


def start_process(crew: Crew, command: Command) -> Process:
    process = spawn(command)
    _tell_leash(crew, f"+{process.pid}")
    return process


def forget_process(crew: Crew, process: Process) -> None:
    """End what a dead child left behind in its group, so that its port and its work are free again."""
    signal_group(process.pid, signal.SIGKILL)
    _tell_leash(crew, f"-{process.pid}")


def release_leash(crew: Crew) -> None:
    _tell_leash(crew, "bye")
    crew.leash.communicate(timeout=2)


def log_end(log: Path) -> str:
    return f"the end of {log} says:\n{tail(log)}"


def _tell_leash(crew: Crew, word: str) -> None:
    if crew.leash.stdin and crew.leash.poll() is None:
        crew.leash.stdin.write(f"{word}\n".encode())
        crew.leash.stdin.flush()
