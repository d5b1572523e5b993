"""Children of a supervisor: started again when they die, stopped with their family, never left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from coursify_sandbox.data_folder import DataFolder, make_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.processes import LAUNCHER, Command, dismiss_watchdog, start_watchdog
from coursify_sandbox.supervisor.children import (
    Child,
    Crew,
    hire,
    keep_running,
    start_child,
    stop_child,
)
from coursify_sandbox.supervisor.parts import Part
from coursify_sandbox.supervisor.stale_processes import end_stale_processes, record_processes, start_time
from coursify_sandbox.supervisor.steering import steer

SLEEPER = "import time; time.sleep(600)"
PARENT = """
import os, pathlib, sys, time
child = os.fork()
if child:
    pathlib.Path(sys.argv[1]).write_text(str(child))
time.sleep(600)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def part(folder: Path, program: str, *words: str, ready: Path | None = None) -> Part:
    log = folder / "part.log"
    command = Command([sys.executable, "-c", program, *words], os.environ.copy(), folder, log)
    return Part(
        name="worker",
        title="worker",
        subject="The worker",
        log=log,
        command=lambda: command,
        answers=lambda: ready is None or (ready.exists() and ready.stat().st_size > 0),
        stop_patience=0.5,
        patience=10,
    )


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    make_data_folder(made)
    return made


@pytest.fixture
async def crew(folder: DataFolder, said: list[str]) -> AsyncIterator[Crew]:
    hired = hire(folder, [part(folder.root, SLEEPER)], said.append)
    yield hired
    for child in hired.children.values():
        await stop_child(hired, child)
    dismiss_watchdog(hired.watchdog)


@pytest.fixture
def said() -> list[str]:
    return []


async def eventually(is_so: Callable[[], bool], seconds: float = 2) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        await asyncio.sleep(0.02)
    return False


def is_running(child: Child) -> bool:
    return child.process is not None and not is_gone(child.process.pid)


def is_gone(pid: int) -> bool:
    return not start_time(pid)


@pytest.mark.anyio
async def test_a_child_that_dies_is_started_again_within_two_seconds(crew: Crew, said: list[str]) -> None:
    child = crew.children["worker"]
    await start_child(crew, child)
    assert child.process
    first = child.process.pid
    keeper = asyncio.create_task(keep_running(crew))
    os.kill(first, signal.SIGKILL)
    assert await eventually(lambda: child.process is not None and child.process.pid != first)
    keeper.cancel()
    assert not is_gone(child.process.pid)
    assert said == ["The worker was killed by SIGKILL; it is started again."]


@pytest.mark.anyio
async def test_a_child_stopped_on_purpose_stays_stopped_until_it_is_started(crew: Crew) -> None:
    child = crew.children["worker"]
    await start_child(crew, child)
    keeper = asyncio.create_task(keep_running(crew))
    assert "is stopped" in await steer(crew, "stop", "worker")
    await asyncio.sleep(0.3)
    assert not is_running(child)
    assert await steer(crew, "start", "worker") == "The worker runs."
    assert is_running(child)
    assert await steer(crew, "start", "worker") == "The worker runs already."
    keeper.cancel()


@pytest.mark.anyio
async def test_what_is_not_here_cannot_be_steered(crew: Crew) -> None:
    with pytest.raises(SandboxError, match="There is no `redis` to steer here: choose among worker"):
        await steer(crew, "stop", "redis")


@pytest.mark.anyio
async def test_a_child_that_dies_before_it_is_ready_says_why(crew: Crew, folder: DataFolder) -> None:
    child = Child(part(folder.root, "raise SystemExit('the port is taken')", ready=folder.root / "never"))
    crew.children["worker"] = child
    with pytest.raises(SandboxError, match=r"ended with status 1 before it was ready.*\n.*the port is taken"):
        await start_child(crew, child)


@pytest.mark.anyio
async def test_a_child_that_will_not_stop_is_killed_with_its_family(crew: Crew, folder: DataFolder) -> None:
    note = folder.root / "grandchild"
    child = Child(part(folder.root, f"{DEAF}\n{PARENT}", str(note), ready=note))
    crew.children["worker"] = child
    await start_child(crew, child)
    assert child.process
    mother, grandchild = child.process.pid, int(note.read_text())
    await stop_child(crew, child)
    assert await eventually(lambda: is_gone(mother) and is_gone(grandchild))


@pytest.mark.anyio
async def test_nothing_outlives_a_supervisor_that_is_killed_hard(folder: DataFolder) -> None:
    note = folder.root / "grandchild"
    folder.run_file.write_text("{}")
    program = f"""
import asyncio
from pathlib import Path
from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.supervisor.children import hire, start_child
from tests.sandbox.test_children import PARENT, part
async def main():
    folder = DataFolder(Path({str(folder.root)!r}))
    crew = hire(folder, [part(folder.root, PARENT, {str(note)!r}, ready=Path({str(note)!r}))], print)
    await start_child(crew, crew.children["worker"])
    print(crew.children["worker"].process.pid, crew.watchdog.process.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    tree = Path(__file__).resolve().parents[2]
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, cwd=tree
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
    words = [sys.executable, "-ISB", LAUNCHER, str(pipe), str(int(signal.SIGTERM)), "-1", "-1"]
    with subprocess.Popen([*words, sys.executable, "-c", SLEEPER], pass_fds=[pipe], start_new_session=True) as child:
        watchdog.process.stdin.close()
        assert child.wait(2)
    assert watchdog.process.wait(2) == 0


def test_the_next_start_ends_what_an_earlier_one_left(folder: DataFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True) as left:
        record_processes(folder, {"worker": left})
        end_stale_processes(folder)
        assert left.wait(2) == -signal.SIGKILL
    assert not folder.children.exists()


def test_a_process_that_only_has_the_number_of_a_leftover_is_spared(folder: DataFolder) -> None:
    folder.children.write_text(f'{{"worker": [{os.getpid()}, "born at another time"]}}')
    end_stale_processes(folder)
    assert start_time(os.getpid())
