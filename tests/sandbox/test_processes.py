"""Supervised processes are restarted when they end, stopped with their descendants, and never left running."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from coursify_sandbox.data_folder import DataFolder, create_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.subprocesses import LAUNCHER, Command, dismiss_watchdog, start_watchdog
from coursify_sandbox.supervisor.control_process import control_process
from coursify_sandbox.supervisor.processes import (
    ManagedProcess,
    Processes,
    create_processes,
    keep_running,
    start_process,
    stop_process,
)
from coursify_sandbox.supervisor.programs import Program
from coursify_sandbox.supervisor.stale_processes import end_stale_processes, record_processes, start_time

SLEEPER = "import time; time.sleep(600)"
PARENT = """
import os, pathlib, sys, time
child = os.fork()
if child:
    pathlib.Path(sys.argv[1]).write_text(str(child))
time.sleep(600)
"""
IGNORE_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def program(folder: Path, source: str, *arguments: str, ready: Path | None = None) -> Program:
    log = folder / "program.log"
    command = Command([sys.executable, "-c", source, *arguments], os.environ.copy(), folder, log)
    return Program(
        name="worker",
        title="worker",
        subject="The worker",
        log=log,
        command=lambda: command,
        is_ready=lambda: ready is None or (ready.exists() and ready.stat().st_size > 0),
        stop_timeout=0.5,
        start_timeout=10,
    )


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    created = DataFolder(tmp_path / "data")
    create_data_folder(created)
    return created


@pytest.fixture
async def processes(folder: DataFolder, messages: list[str]) -> AsyncIterator[Processes]:
    created = create_processes(folder, [program(folder.root, SLEEPER)], messages.append)
    yield created
    for managed in created.by_name.values():
        await stop_process(created, managed)
    dismiss_watchdog(created.watchdog)


@pytest.fixture
def messages() -> list[str]:
    return []


async def eventually(condition: Callable[[], bool], seconds: float = 2) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        await asyncio.sleep(0.02)
    return False


def is_running(managed: ManagedProcess) -> bool:
    return managed.process is not None and not is_gone(managed.process.pid)


def is_gone(pid: int) -> bool:
    return not start_time(pid)


@pytest.mark.anyio
async def test_a_process_that_ends_is_restarted_within_two_seconds(processes: Processes, messages: list[str]) -> None:
    managed = processes.by_name["worker"]
    await start_process(processes, managed)
    assert managed.process
    first = managed.process.pid
    restarter = asyncio.create_task(keep_running(processes))
    os.kill(first, signal.SIGKILL)
    assert await eventually(lambda: managed.process is not None and managed.process.pid != first)
    restarter.cancel()
    assert not is_gone(managed.process.pid)
    assert messages == ["The worker was killed by SIGKILL; restarting it."]


@pytest.mark.anyio
async def test_a_process_that_was_stopped_stays_stopped_until_it_is_started(processes: Processes) -> None:
    managed = processes.by_name["worker"]
    await start_process(processes, managed)
    restarter = asyncio.create_task(keep_running(processes))
    assert "is stopped" in await control_process(processes, "stop", "worker")
    await asyncio.sleep(0.3)
    assert not is_running(managed)
    assert await control_process(processes, "start", "worker") == "The worker is running."
    assert is_running(managed)
    assert await control_process(processes, "start", "worker") == "The worker is already running."
    restarter.cancel()


@pytest.mark.anyio
async def test_an_unknown_process_cannot_be_stopped(processes: Processes) -> None:
    with pytest.raises(SandboxError, match="This sandbox does not run `redis`: choose one of worker"):
        await control_process(processes, "stop", "redis")


@pytest.mark.anyio
async def test_a_process_that_ends_before_it_is_ready_shows_its_log(processes: Processes, folder: DataFolder) -> None:
    managed = ManagedProcess(program(folder.root, "raise SystemExit('the port is taken')", ready=folder.root / "never"))
    processes.by_name["worker"] = managed
    with pytest.raises(SandboxError, match=r"ended with status 1 before it was ready.*\n.*the port is taken"):
        await start_process(processes, managed)


@pytest.mark.anyio
async def test_a_process_that_does_not_stop_is_killed_with_its_descendants(
    processes: Processes, folder: DataFolder
) -> None:
    note = folder.root / "grandchild"
    managed = ManagedProcess(program(folder.root, f"{IGNORE_SIGTERM}\n{PARENT}", str(note), ready=note))
    processes.by_name["worker"] = managed
    await start_process(processes, managed)
    assert managed.process
    parent, grandchild = managed.process.pid, int(note.read_text())
    await stop_process(processes, managed)
    assert await eventually(lambda: is_gone(parent) and is_gone(grandchild))


@pytest.mark.anyio
async def test_no_process_outlives_a_supervisor_that_is_killed(folder: DataFolder) -> None:
    note = folder.root / "grandchild"
    folder.run_file.write_text("{}")
    source = f"""
import asyncio
from pathlib import Path
from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.supervisor.processes import create_processes, start_process
from tests.sandbox.test_processes import PARENT, program
async def main():
    folder = DataFolder(Path({str(folder.root)!r}))
    parent = program(folder.root, PARENT, {str(note)!r}, ready=Path({str(note)!r}))
    processes = create_processes(folder, [parent], print)
    await start_process(processes, processes.by_name["worker"])
    print(processes.by_name["worker"].process.pid, processes.watchdog.process.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    tree = Path(__file__).resolve().parents[2]
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", source, stdout=asyncio.subprocess.PIPE, cwd=tree
    )
    assert supervisor.stdout
    child, watchdog = (int(pid) for pid in (await supervisor.stdout.readline()).split())
    grandchild = int(note.read_text())
    supervisor.kill()
    await supervisor.communicate()
    pids = (child, grandchild, watchdog)
    assert await eventually(lambda: all(is_gone(pid) for pid in pids), seconds=7)
    assert not folder.run_file.exists()


def test_a_process_that_starts_while_its_supervisor_dies_is_ended() -> None:
    watchdog = start_watchdog()
    assert watchdog.process.stdin
    pipe = watchdog.process.stdin.fileno()
    arguments = [sys.executable, "-ISB", str(LAUNCHER), str(pipe), str(int(signal.SIGTERM)), "-1", "-1"]
    with subprocess.Popen(
        [*arguments, sys.executable, "-c", SLEEPER], pass_fds=[pipe], start_new_session=True
    ) as child:
        watchdog.process.stdin.close()
        assert child.wait(2)
    assert watchdog.process.wait(2) == 0


def test_the_next_start_ends_processes_of_an_earlier_one(folder: DataFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True) as stale:
        record_processes(folder, {"worker": stale})
        end_stale_processes(folder)
        assert stale.wait(2) == -signal.SIGKILL
    assert not folder.processes_file.exists()


def test_a_process_that_reuses_a_recorded_id_is_not_ended(folder: DataFolder) -> None:
    folder.processes_file.write_text(f'{{"worker": [{os.getpid()}, "another start time"]}}')
    end_stale_processes(folder)
    assert start_time(os.getpid())
