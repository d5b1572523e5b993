"""Migrates the database to this version's schema; rejects a database of a newer version."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import psycopg

from coursify_sandbox.data_folder import PROJECT_ROOT
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.processes import Processes
from coursify_sandbox.supervisor.run_command import run_command

VERSIONS = PROJECT_ROOT / "src/coursify/migrations/versions"
REVISION = re.compile(r"""^(revision|down_revision)\b[^=\n]*=\s*["']([^"']+)["']""", re.MULTILINE)


async def migrate_database(processes: Processes, plan: Plan) -> None:
    """Run `coursify migrate` unless the database is already at this version's head."""
    current = await asyncio.to_thread(_current_revision, plan.owner_url)
    known, heads = _known_revisions(VERSIONS)
    if known and current and current not in known:
        raise SandboxError(
            f"The data belongs to a newer version of Coursify (its schema revision {current} is unknown here): "
            "update this checkout, choose another --data-dir, or delete the data with `make reset`."
        )
    if current and heads == {current}:
        return
    await run_command(processes, plan, "migrate", "The migration")


def _current_revision(owner_url: str) -> str | None:
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
        table = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if table is None or table[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def _known_revisions(folder: Path) -> tuple[set[str], set[str]]:
    """All revisions in the checkout, and the heads among them."""
    known: set[str] = set()
    parents: set[str] = set()
    for path in folder.glob("*.py"):
        for name, value in REVISION.findall(path.read_text()):
            (known if name == "revision" else parents).add(value)
    return known, known - parents
