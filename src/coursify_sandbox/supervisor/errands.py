"""Short programs that run once during the start: the migration, the sample school."""

import asyncio
from collections.abc import Callable, Mapping

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.processes import describe_exit, kill_group, spawn, tail
from coursify_sandbox.supervisor.children import Crew, log_end
from coursify_sandbox.supervisor.parts import python_command
from coursify_sandbox.supervisor.plan import Plan


async def run_errand(
    crew: Crew,
    plan: Plan,
    command: str,
    title: str,
    *flags: str,
    extra: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> None:
    """Run `coursify <command>` to its end, telling its newest line; anything but success raises."""
    log = crew.folder.log(command)
    log.unlink(missing_ok=True)
    told = {"DATABASE_OWNER_URL": plan.owner_url, **(extra or {})}
    words = python_command(plan, "-m", "coursify", command, *flags, log=log, extra=told)
    process = spawn(words, crew.watchdog)
    try:
        while process.poll() is None:
            await asyncio.sleep(0.05)
            progress(tail(log, lines=1))
    finally:
        kill_group(process, crew.watchdog)
        process.wait()
    if process.returncode != 0:
        raise SandboxError(f"{title} {describe_exit(process)}; {log_end(log)}")
