"""What a running supervisor does when it is asked to stop, start or restart a part."""

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.children import Child, Crew, start_child, stop_child


async def steer(crew: Crew, verb: str, name: str) -> str:
    """Do it and say so; the part is down, or ready, when this returns."""
    child = crew.children.get(name)
    if child is None:
        raise SandboxError(f"There is no `{name}` to steer here: choose among {', '.join(crew.children)}.")
    if verb == "stop":
        return await _stop(crew, child)
    if verb == "start":
        return await _start(crew, child)
    if verb == "restart":
        await _stop(crew, child)
        await _start(crew, child)
        return f"{child.part.subject} was restarted."
    raise SandboxError(f"`{verb}` is none of stop, start, restart.")


async def _stop(crew: Crew, child: Child) -> str:
    child.is_wanted = False
    async with child.lock:
        await stop_child(crew, child)
    return f"{child.part.subject} is stopped; `coursify sandbox start {child.part.name}` starts it again."


async def _start(crew: Crew, child: Child) -> str:
    async with child.lock:
        if child.process is not None and child.process.poll() is None:
            return f"{child.part.subject} runs already."
        child.quick_deaths = 0
        await start_child(crew, child)
    return f"{child.part.subject} runs."
