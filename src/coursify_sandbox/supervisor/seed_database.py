"""Seeds a new database once: with the sample school, or with one account per role."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import psycopg

from coursify_sandbox.data_folder import DataFolder, write_private_file
from coursify_sandbox.postgres import Cluster, drop_database, ensure_database
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.processes import Processes
from coursify_sandbox.supervisor.run_command import run_command
from coursify_sandbox.supervisor.screen import Screen


def delete_unfinished_seed(folder: DataFolder) -> None:
    """Delete the state of the stand-ins, which belongs to a seed that did not finish."""
    folder.seed_marker.unlink(missing_ok=True)
    for state in (folder.stripe_state, folder.mailbox_state):
        for path in folder.root.glob(f"{state.name}*"):
            path.unlink(missing_ok=True)
    folder.clock_offset.unlink(missing_ok=True)


def prepare_database(cluster: Cluster, folder: DataFolder) -> None:
    """Create the database; recreate one whose seed did not finish."""
    if not folder.seed_marker.exists():
        drop_database(cluster)
    ensure_database(cluster)


async def seed_database(processes: Processes, plan: Plan, screen: Screen) -> None:
    """Run the seed unless it has run; an external database is seeded only when it has no users."""
    if plan.cluster is None and await asyncio.to_thread(_has_users, plan.owner_url):
        return
    if plan.cluster is not None and plan.folder.seed_marker.exists():
        return
    accounts = plan.folder.root / "seed-accounts.json"
    write_private_file(accounts, json.dumps(plan.keys.accounts()))

    def show_progress(line: str) -> None:
        if line and line != screen.detail:
            screen.detail = line
            screen.refresh()

    flags = ["--empty"] if plan.is_empty_school else []
    variables = {"SEED_ACCOUNTS_FILE": str(accounts)}
    try:
        await run_command(processes, plan, "seed", "The seed", *flags, variables=variables, on_progress=show_progress)
    finally:
        accounts.unlink(missing_ok=True)
        screen.detail = ""
    marker = {"seededAt": datetime.now(UTC).isoformat(), "isEmptySchool": plan.is_empty_school}
    write_private_file(plan.folder.seed_marker, json.dumps(marker) + "\n")


def _has_users(owner_url: str) -> bool:
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM users)").fetchone()
        return bool(row and row[0])
