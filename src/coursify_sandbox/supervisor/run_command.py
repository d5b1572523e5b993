"""Runs a `coursify` command once during the start: the migration or the seed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.subprocesses import describe_exit, kill_group, spawn, tail
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.processes import Processes, format_log_end
from coursify_sandbox.supervisor.programs import python_command


async def run_command(
    processes: Processes,
    plan: Plan,
    name: str,
    title: str,
    *flags: str,
    variables: Mapping[str, str] | None = None,
    on_progress: Callable[[str], None] = lambda _line: None,
) -> None:
    """Run `coursify <name>` with the owner's database URL; raise SandboxError when it fails."""
    log = processes.folder.log(name)
    log.unlink(missing_ok=True)
    command = python_command(
        plan,
        "-m",
        "coursify",
        name,
        *flags,
        log=log,
        variables={"DATABASE_OWNER_URL": plan.owner_url, **(variables or {})},
    )
    process = spawn(command, processes.watchdog)
    try:
        while process.poll() is None:
            await asyncio.sleep(0.05)
            on_progress(tail(log, lines=1))
    finally:
        kill_group(process, processes.watchdog)
        process.wait()
    if process.returncode != 0:
        raise SandboxError(f"{title} {describe_exit(process)}; {format_log_end(log)}")
