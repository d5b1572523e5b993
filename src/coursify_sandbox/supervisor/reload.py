"""Restarts API and worker when a source file changes (`make dev`)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from coursify_sandbox.data_folder import PROJECT_ROOT
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.control_process import control_process
from coursify_sandbox.supervisor.processes import Processes

SOURCES = PROJECT_ROOT / "src" / "coursify"
SUFFIXES = {".py", ".html", ".txt", ".json"}
POLL_SECONDS = 0.5


async def reload_on_change(processes: Processes) -> None:
    """Restart both after each change, except a process that `coursify sandbox stop` stopped."""
    known = await asyncio.to_thread(_list_modification_times, SOURCES)
    while True:
        await asyncio.sleep(POLL_SECONDS)
        current = await asyncio.to_thread(_list_modification_times, SOURCES)
        if current == known:
            continue
        changed = sorted(path.name for path in current.keys() | known.keys() if current.get(path) != known.get(path))
        known = current
        processes.report(f"{', '.join(changed[:3])} changed; restarting API and worker.")
        names = [name for name in ("api", "worker") if processes.by_name[name].is_enabled]
        restarts = (control_process(processes, "restart", name) for name in names)
        for result in await asyncio.gather(*restarts, return_exceptions=True):
            if isinstance(result, SandboxError):
                processes.report(str(result))
            elif isinstance(result, BaseException):
                raise result


def _list_modification_times(folder: Path) -> dict[Path, float]:
    times = {}
    for path in folder.rglob("*"):
        if path.suffix in SUFFIXES:
            try:
                times[path] = path.stat().st_mtime
            except FileNotFoundError:
                continue
    return times
