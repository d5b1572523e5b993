"""The supervised processes: started, restarted while they are enabled, stopped with all their descendants."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.subprocesses import (
    Process,
    Watchdog,
    describe_exit,
    kill_group,
    spawn,
    start_watchdog,
    stop,
    tail,
)
from coursify_sandbox.supervisor.programs import Program
from coursify_sandbox.supervisor.stale_processes import record_processes

STABLE_SECONDS = 3.0
MAX_RESTART_DELAY = 15.0


@dataclass
class ManagedProcess:
    """A program and its current process; `is_enabled` says whether it should run."""

    program: Program
    process: Process | None = None
    is_enabled: bool = False
    started_monotonic: float = 0.0
    early_exits: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Processes:
    """All processes of one supervisor, and the watchdog that ends them when the supervisor is killed."""

    folder: DataFolder
    by_name: dict[str, ManagedProcess]
    watchdog: Watchdog
    report: Callable[[str], None]


def create_processes(folder: DataFolder, programs: list[Program], report: Callable[[str], None]) -> Processes:
    """Start the watchdog; no program is started yet."""
    by_name = {program.name: ManagedProcess(program) for program in programs}
    return Processes(folder, by_name, start_watchdog(folder.run_file), report)


async def start_process(processes: Processes, managed: ManagedProcess) -> None:
    """Start the process and return when it is ready; when it ends earlier, raise with the end of its log."""
    managed.is_enabled = True
    managed.process = spawn(managed.program.command(), processes.watchdog)
    managed.started_monotonic = time.monotonic()
    record_processes(processes.folder, {name: each.process for name, each in processes.by_name.items()})
    program, process = managed.program, managed.process
    deadline = time.monotonic() + program.start_timeout
    while managed.is_enabled and time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(
                f"{program.subject} {describe_exit(process)} before it was ready; {format_log_end(program.log)}"
            )
        if await asyncio.to_thread(program.is_ready) and process.poll() is None:
            return
        await asyncio.sleep(0.06)
    if managed.is_enabled:
        raise SandboxError(
            f"{program.subject} was not ready within {program.start_timeout:.0f} s; {format_log_end(program.log)}"
        )


async def stop_process(processes: Processes, managed: ManagedProcess) -> None:
    """Ask the process to stop, and kill it with its descendants after the program's timeout."""
    managed.is_enabled = False
    if managed.process is None:
        return
    program = managed.program
    await asyncio.to_thread(stop, managed.process, processes.watchdog, program.stop_signal, program.stop_timeout)
    managed.process = None


async def keep_running(processes: Processes) -> None:
    """Restart each enabled process that ended: at once, but with growing delays when it keeps ending early."""
    restarts: set[asyncio.Task[None]] = set()
    while True:
        for managed in processes.by_name.values():
            has_ended = managed.process is not None and managed.process.poll() is not None
            if managed.is_enabled and has_ended and not managed.lock.locked():
                restarts.add(asyncio.create_task(_restart(processes, managed)))
        restarts = {task for task in restarts if not task.done()}
        await asyncio.sleep(0.1)


async def _restart(processes: Processes, managed: ManagedProcess) -> None:
    async with managed.lock:
        if not managed.is_enabled or managed.process is None or managed.process.poll() is None:
            return
        process = managed.process
        kill_group(process, processes.watchdog)
        is_early = time.monotonic() - managed.started_monotonic <= STABLE_SECONDS
        managed.early_exits = managed.early_exits + 1 if is_early else 0
        delay = min(MAX_RESTART_DELAY, 0.25 * 2 ** (managed.early_exits - 1)) if is_early else 0.0
        processes.report(f"{managed.program.subject} {describe_exit(process)}; restarting it.")
        await asyncio.sleep(delay)
        try:
            await start_process(processes, managed)
        except SandboxError as error:
            processes.report(str(error).splitlines()[0])


def format_log_end(log: Path) -> str:
    return f"the end of {log}:\n{tail(log)}"
