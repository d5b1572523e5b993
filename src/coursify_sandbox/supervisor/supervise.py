"""Runs the sandbox: starts every process, restarts those that end, and stops all of them on request."""

from __future__ import annotations

import asyncio
import signal
import time

from coursify_sandbox.clock import read_offset
from coursify_sandbox.run_file import remove_run_file, write_run_file
from coursify_sandbox.subprocesses import dismiss_watchdog, signal_group
from coursify_sandbox.supervisor.build_run_file import build_run_file
from coursify_sandbox.supervisor.control_process import control_process
from coursify_sandbox.supervisor.control_socket import open_control_socket
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.processes import Processes, create_processes, keep_running, stop_process
from coursify_sandbox.supervisor.programs import list_programs
from coursify_sandbox.supervisor.reload import reload_on_change
from coursify_sandbox.supervisor.screen import Screen, show_summary
from coursify_sandbox.supervisor.start_all import start_all

STOP_ORDER = (("api",), ("worker",), ("stripe", "mailbox"), ("redis",), ("postgres",))


async def supervise(plan: Plan, screen: Screen, start_monotonic: float) -> None:
    """Return after a requested stop; raise when a start fails, with every process stopped."""
    processes = create_processes(plan.folder, list_programs(plan), screen.report)
    stop_event = _listen_for_signals(processes)
    try:
        start = asyncio.create_task(start_all(processes, plan, screen))
        stop = asyncio.create_task(stop_event.wait())
        await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
        if start.done():
            start.result()
            await _run_until(stop, processes, plan, screen, start_monotonic)
        else:
            start.cancel()
            await asyncio.gather(start, return_exceptions=True)
    finally:
        await _shut_down(processes, plan)
    screen.report("Everything is stopped.")


async def _run_until(
    stop: asyncio.Task[bool], processes: Processes, plan: Plan, screen: Screen, start_monotonic: float
) -> None:
    server = await open_control_socket(plan.folder, lambda action, name: control_process(processes, action, name))
    run_file = build_run_file(plan, processes)
    write_run_file(plan.folder, run_file)
    offset = read_offset(plan.folder)
    show_summary(screen, run_file, seconds=time.monotonic() - start_monotonic, clock_offset=offset)
    tasks = [
        asyncio.create_task(keep_running(processes)),
        asyncio.create_task(_keep_run_file_current(processes, plan)),
    ]
    if plan.is_reloading:
        tasks.append(asyncio.create_task(reload_on_change(processes)))
    try:
        await asyncio.wait({stop, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        screen.report("Stopping…")
    finally:
        server.close()
        for task in tasks:
            task.cancel()


async def _keep_run_file_current(processes: Processes, plan: Plan) -> None:
    """Rewrite run.json when a process id changes."""
    written = None
    while True:
        current = build_run_file(plan, processes)
        if current != written:
            write_run_file(plan.folder, current)
            written = current
        await asyncio.sleep(0.5)


async def _shut_down(processes: Processes, plan: Plan) -> None:
    remove_run_file(plan.folder)
    for managed in processes.by_name.values():
        managed.is_enabled = False
    for names in STOP_ORDER:
        present = [processes.by_name[name] for name in names if name in processes.by_name]
        await asyncio.gather(*(stop_process(processes, managed) for managed in present))
    dismiss_watchdog(processes.watchdog)
    plan.folder.control_socket.unlink(missing_ok=True)
    plan.folder.processes_file.unlink(missing_ok=True)


def _listen_for_signals(processes: Processes) -> asyncio.Event:
    """The first signal requests an orderly stop, the second kills; a SIGHUP that is ignored stays ignored."""
    stop_event = asyncio.Event()

    def handle() -> None:
        if stop_event.is_set():
            for managed in processes.by_name.values():
                if managed.process:
                    is_postgres = managed.program.name == "postgres"
                    signal_group(managed.process.pid, signal.SIGQUIT if is_postgres else signal.SIGKILL)
        stop_event.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, handle)
    return stop_event
