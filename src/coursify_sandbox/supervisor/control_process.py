"""Carries out `coursify sandbox stop|start|restart NAME` in the running supervisor."""

from __future__ import annotations

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.processes import ManagedProcess, Processes, start_process, stop_process


async def control_process(processes: Processes, action: str, name: str) -> str:
    """Stop, start or restart a process; return a message when it is stopped or ready."""
    managed = processes.by_name.get(name)
    if managed is None:
        raise SandboxError(f"This sandbox does not run `{name}`: choose one of {', '.join(processes.by_name)}.")
    if action == "stop":
        return await _stop(processes, managed)
    if action == "start":
        return await _start(processes, managed)
    if action == "restart":
        await _stop(processes, managed)
        await _start(processes, managed)
        return f"{managed.program.subject} was restarted."
    raise SandboxError(f"Unknown action `{action}`: use stop, start or restart.")


async def _stop(processes: Processes, managed: ManagedProcess) -> str:
    managed.is_enabled = False
    async with managed.lock:
        await stop_process(processes, managed)
    program = managed.program
    return f"{program.subject} is stopped. Start it with `coursify sandbox start {program.name}`."


async def _start(processes: Processes, managed: ManagedProcess) -> str:
    async with managed.lock:
        if managed.process is not None and managed.process.poll() is None:
            return f"{managed.program.subject} is already running."
        managed.early_exits = 0
        await start_process(processes, managed)
    return f"{managed.program.subject} is running."
