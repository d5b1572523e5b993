"""A small sample school in a separate database, for tests that read data that the services created."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from rich.console import Console
from tests.support.servers import ServerAddresses

from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify_sandbox.seed.accounts import ROLES, SampleAccount
from coursify_sandbox.seed.fill_school import fill_school
from coursify_sandbox.seed.progress import ProgressReporter
from coursify_sandbox.seed.school import School

ACCOUNTS = [SampleAccount(role, f"{role}@example.com", f"a-{role}-of-the-sample!") for role in ROLES]


@contextmanager
def own_database(servers: ServerAddresses, template: str = "coursify_template") -> Iterator[str]:
    """The name of a migrated database for one test, dropped afterward."""
    name = f"coursify_school_{secrets.token_hex(4)}"
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
            db.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def fill_small_school(db: Connection, settings: Settings, *, students: int, now: datetime) -> School:
    """Fills it as the seed does, without password hashes and without the import into the stand-in."""
    accounts = dict.fromkeys(ACCOUNTS, "no hash")
    quiet = ProgressReporter(Console(quiet=True))
    return await fill_school(db, settings=settings, accounts=accounts, progress=quiet, students=students, now=now)
