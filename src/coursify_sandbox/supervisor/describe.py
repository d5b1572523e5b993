"""What run.json says about a running sandbox."""

from coursify.core.settings import VARIABLES
from coursify_sandbox.run_file import RunFile
from coursify_sandbox.supervisor.children import Crew
from coursify_sandbox.supervisor.plan import Plan, child_environment
from coursify_sandbox.supervisor.process_tree import list_process_tree


def describe(plan: Plan, crew: Crew) -> RunFile:
    """All addresses, keys and processes; accounts only where the seed made them."""
    return {
        "api": plan.api,
        "docs": f"{plan.api}/docs",
        "mailbox": plan.mailbox,
        "stripe": plan.stripe,
        "databaseUrl": plan.owner_url,
        "appDatabaseUrl": plan.app_url,
        "redisUrl": plan.redis_url,
        "publishableKey": plan.publishable_key,
        # What a command needs to speak to this installation.
        "environment": {name: value for name, value in child_environment(plan).items() if name in VARIABLES},
        "accounts": plan.keys.accounts() if plan.folder.seeded.exists() else [],
        "pids": {
            "api": _family(crew, "api"),
            "worker": _family(crew, "worker"),
            "postgres": _pid(crew, "postgres"),
            "redis": _pid(crew, "redis"),
            "stripe": _pid(crew, "stripe"),
            "mailbox": _pid(crew, "mailbox"),
        },
    }


def _pid(crew: Crew, name: str) -> int | None:
    child = crew.children.get(name)
    if child is None or child.process is None or child.process.poll() is not None:
        return None
    return child.process.pid


def _family(crew: Crew, name: str) -> list[int]:
    pid = _pid(crew, name)
    return list_process_tree(pid) if pid else []
