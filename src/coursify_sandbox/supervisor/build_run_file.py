"""Builds the content of run.json."""

from __future__ import annotations

import base64

from coursify.core.crypto import derive
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
        "guide": f"{plan.api}/guide",
        "demo": plan.demo,
        "mailbox": plan.mailbox,
        "stripe": plan.stripe,
        "databaseUrl": plan.owner_url,
        "appDatabaseUrl": plan.app_url,
        "redisUrl": plan.redis_url,
        "publishableKey": plan.publishable_key,
        # Commands such as `coursify audit` load these settings.
        "environment": {name: value for name, value in child_environment(plan).items() if name in VARIABLES}
        | _backup_environment(plan),
        "accounts": plan.keys.accounts() if plan.folder.seed_marker.exists() else [],
        "pids": {
            "api": _list_pids(processes, "api"),
            "worker": _list_pids(processes, "worker"),
            "postgres": _find_pid(processes, "postgres"),
            "redis": _find_pid(processes, "redis"),
            "stripe": _find_pid(processes, "stripe"),
            "mailbox": _find_pid(processes, "mailbox"),
        },
    }


def _backup_environment(plan: Plan) -> dict[str, str]:
    """What `coursify backup` needs; unless the user has set it. The other processes get no key of the backups."""
    if plan.cluster is None:
        return {}
    paths = plan.cluster.paths
    key = base64.b64encode(derive(plan.keys.server_key.encode(), "backups of the sandbox")).decode()
    environment = {
        "DATABASE_OWNER_URL": plan.owner_url,
        "BACKUP_KEYS": f"sandbox-1:{key}",
        "BACKUP_FOLDER": str(plan.folder.root / "backups"),
        # The account of PostgreSQL enters it.
        "BACKUP_WORK_FOLDER": str(paths.data.parent / "backup-work"),
        "PG_BIN": str(paths.binaries),
        "PG_ACCOUNT": paths.account.name if paths.account else "",
    }
    return {name: plan.environment.get(name) or value for name, value in environment.items()}


def _find_pid(processes: Processes, name: str) -> int | None:
    managed = processes.by_name.get(name)
    if managed is None or managed.process is None or managed.process.poll() is not None:
        return None
    return managed.process.pid


def _list_pids(processes: Processes, name: str) -> list[int]:
    pid = _find_pid(processes, name)
    return list_process_tree(pid) if pid else []
