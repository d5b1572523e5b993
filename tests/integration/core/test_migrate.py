"""`coursify migrate` on an empty database, by several replicas that start at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.support.servers import ServerAddresses

from coursify.migrations.revisions import find_head

MIGRATORS_LOCK = 7311402


@pytest.fixture
def empty_database(servers: ServerAddresses, worker_number: int) -> Iterator[str]:
    name = f"coursify_empty_{worker_number}"
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    yield name
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_three_migrators_at_once_all_succeed(servers: ServerAddresses, database_name: str, empty_database: str) -> None:
    app_url, owner_url = servers.app_url_for(empty_database), servers.owner_url_for(empty_database)
    environment = os.environ | {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url}
    command = [sys.executable, "-m", "coursify", "migrate"]
    with psycopg.connect(owner_url, autocommit=True) as db:
        # All three are at the lock before one of them may begin.
        db.execute("SELECT pg_advisory_lock(%s)", [MIGRATORS_LOCK])
        migrators = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for _ in range(3)
        ]
        deadline = time.monotonic() + 60
        while sessions_of_others(db) < len(migrators) and time.monotonic() < deadline:
            time.sleep(0.1)
    said = [migrator.communicate(timeout=60)[0] for migrator in migrators]
    assert [migrator.returncode for migrator in migrators] == [0, 0, 0], said
    assert revisions(app_url) == revisions(servers.app_url_for(database_name))


def test_migrate_checks_an_empty_database_and_prints_its_sql(servers: ServerAddresses, empty_database: str) -> None:
    app_url, owner_url = servers.app_url_for(empty_database), servers.owner_url_for(empty_database)
    urls = {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url}

    def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | urls | {"COURSIFY_ENV_FILE": ""} | changes
        command = [sys.executable, "-m", "coursify", "migrate", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    head = find_head()
    checked = run("--check")
    assert (checked.returncode, f"no schema yet; this version needs revision {head}" in checked.stderr) == (1, True)
    printed = run("--sql")
    assert printed.returncode == 0, printed.stderr


def sessions_of_others(db: psycopg.Connection) -> int:
    row = db.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchone()
    assert row
    return int(row[0])


def revisions(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as db:
        return db.execute("SELECT version_num FROM alembic_version").fetchall()
