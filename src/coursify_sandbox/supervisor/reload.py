"""Starts API and worker again when a source file changes, for whoever is working on the code."""

import asyncio
from pathlib import Path

from coursify_sandbox.data_folder import TREE
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.children import Crew
from coursify_sandbox.supervisor.steering import steer

SOURCES = TREE / "src" / "coursify"
SUFFIXES = {".py", ".html", ".txt", ".json"}
LOOK_EVERY = 0.5


async def reload_on_change(crew: Crew) -> None:
    """Restart both after each change; a part that someone stopped on purpose stays stopped."""
    seen = await asyncio.to_thread(_modified, SOURCES)
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = await asyncio.to_thread(_modified, SOURCES)
        if now == seen:
            continue
        changed = sorted(path.name for path in now.keys() | seen.keys() if now.get(path) != seen.get(path))
        seen = now
        crew.tell(f"{', '.join(changed[:3])} changed; API and worker are started again.")
        names = [name for name in ("api", "worker") if crew.children[name].is_wanted]
        for problem in await asyncio.gather(*(steer(crew, "restart", name) for name in names), return_exceptions=True):
            if isinstance(problem, SandboxError):
                crew.tell(str(problem))
            elif isinstance(problem, BaseException):
                raise problem


def _modified(folder: Path) -> dict[Path, float]:
    found = {}
    for path in folder.rglob("*"):
        if path.suffix in SUFFIXES:
            try:
                found[path] = path.stat().st_mtime
            except FileNotFoundError:
                continue
    return found
