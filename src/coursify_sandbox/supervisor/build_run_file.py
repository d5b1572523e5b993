"""Builds the content of run.json."""

from __future__ import annotations

from coursify.core.settings import VARIABLES
from coursify_sandbox.run_file import RunFile
from coursify_sandbox.supervisor.plan import Plan, child_environment
from coursify_sandbox.supervisor.process_tree import list_process_tree
from coursify_sandbox.supervisor.processes import Processes


def build_run_file(plan: Plan, processes: Processes) -> RunFile:
    """All addresses, keys and process ids; accounts only when the seed created them."""
    return {
        "api": plan.api,
        "docs": f"{plan.api}/docs",
        "demo": plan.demo,
        "mailbox": plan.mailbox,
        "stripe": plan.stripe,
        "databaseUrl": plan.owner_url,
        "appDatabaseUrl": plan.app_url,
        "redisUrl": plan.redis_url,
        "publishableKey": plan.publishable_key,
        # Commands such as `coursify audit` load these settings.
        "environment": {name: value for name, value in child_environment(plan).items() if name in VARIABLES},
        "accounts": plan.keys.accounts() if plan.folder.seed_marker.exists() else [],
        "pids": {
            "api": _list_pids(processes, "api"),
            "worker": _list_pids(processes, "worker"),
            "postgres": _find_pid(processes, "postgres"),
            "redis": _find_pid(processes, "redis"),
            "stripe": _find_pid(processes, "stripe"),
            "mailbox": _find_pid(processes, "mailbox"),
            "demo": _find_pid(processes, "demo"),
        },
    }


def _find_pid(processes: Processes, name: str) -> int | None:
    managed = processes.by_name.get(name)
    if managed is None or managed.process is None or managed.process.poll() is not None:
        return None
    return managed.process.pid


def _list_pids(processes: Processes, name: str) -> list[int]:
    pid = _find_pid(processes, name)
    return list_process_tree(pid) if pid else []
