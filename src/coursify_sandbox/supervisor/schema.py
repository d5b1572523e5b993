"""Brings the database to this version's schema, and refuses data that a newer version made."""

import asyncio
import re
from pathlib import Path

import psycopg

from coursify_sandbox.data_folder import TREE
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.supervisor.children import Crew
from coursify_sandbox.supervisor.errands import run_errand
from coursify_sandbox.supervisor.plan import Plan

VERSIONS = TREE / "src/coursify/migrations/versions"
REVISION = re.compile(r"""^(revision|down_revision)\b[^=\n]*=\s*["']([^"']+)["']""", re.MULTILINE)


async def migrate(crew: Crew, plan: Plan) -> None:
    """Run `coursify migrate` unless the database already stands at this version's head."""
    current = await asyncio.to_thread(_current_revision, plan.owner_url)
    known, heads = _known_revisions(VERSIONS)
    if known and current and current not in known:
        raise SandboxError(
            f"The data was made by a newer version of Coursify (its schema is at {current}, unknown here): "
            "update this tree, choose another --data-dir, or start afresh with `make reset`."
        )
    if current and heads == {current}:
        return
    await run_errand(crew, plan, "migrate", "The migration")


def _current_revision(owner_url: str) -> str | None:
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=5) as connection:
        table = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if table is None or table[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def _known_revisions(folder: Path) -> tuple[set[str], set[str]]:
    """All revisions that the tree holds, and those of them that nothing follows."""
    known: set[str] = set()
    followed: set[str] = set()
    for path in folder.glob("*.py"):
        for name, value in REVISION.findall(path.read_text()):
            (known if name == "revision" else followed).add(value)
    return known, known - followed
