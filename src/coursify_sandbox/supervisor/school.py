"""Fills a fresh database once: with the sample school, or with one account per role and nothing else."""

import asyncio
import json
from datetime import UTC, datetime

import psycopg

from coursify_sandbox.data_folder import DataFolder, write_private
from coursify_sandbox.postgres import Cluster, drop_database, ensure_database
from coursify_sandbox.supervisor.children import Crew
from coursify_sandbox.supervisor.errands import run_errand
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.screen import Screen


def forget_unfinished_school(folder: DataFolder) -> None:
    """Without a finished seed, what the stand-ins remember belongs to nothing."""
    folder.seeded.unlink(missing_ok=True)
    for state in (folder.stripe_state, folder.mailbox_state):
        for path in folder.root.glob(f"{state.name}*"):
            path.unlink(missing_ok=True)
    folder.clock_offset.unlink(missing_ok=True)


def prepare_database(cluster: Cluster, folder: DataFolder) -> None:
    """A database whose seed was interrupted is made again from nothing."""
    if not folder.seeded.exists():
        drop_database(cluster)
    ensure_database(cluster)


async def seed_once(crew: Crew, plan: Plan, screen: Screen) -> None:
    """Seed a database that nobody has seeded; an outside database only when it holds no user."""
    if plan.cluster is None and await asyncio.to_thread(_has_users, plan.owner_url):
        return
    if plan.cluster is not None and plan.folder.seeded.exists():
        return
    accounts = plan.folder.root / "seed-accounts.json"
    write_private(accounts, json.dumps(plan.keys.accounts()))

    def progress(line: str) -> None:
        if line and line != screen.detail:
            screen.detail = line
            screen.show()

    flags = ["--empty"] if plan.is_empty_school else []
    extra = {"SEED_ACCOUNTS_FILE": str(accounts)}
    try:
        await run_errand(crew, plan, "seed", "Filling the school", *flags, extra=extra, progress=progress)
    finally:
        accounts.unlink(missing_ok=True)
        screen.detail = ""
    note = {"seededAt": datetime.now(UTC).isoformat(), "isEmptySchool": plan.is_empty_school}
    write_private(plan.folder.seeded, json.dumps(note) + "\n")


def _has_users(owner_url: str) -> bool:
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM users)").fetchone()
        return bool(row and row[0])
