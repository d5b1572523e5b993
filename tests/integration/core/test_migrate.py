"""`coursify migrate` on an empty database, by several replicas that start at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.conftest import TEMPLATE
from tests.support.servers import ServerAddresses

from coursify.commands.migrate import migrate
from coursify.core.environment import ConfigurationError
from coursify.migrations.revisions import find_head
from coursify_sandbox.postgres_paths import find_binaries

MIGRATORS_LOCK = 7311402
WAITS = "SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"


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


@pytest.mark.slow
def test_the_printed_sql_makes_the_same_schema(servers: ServerAddresses, empty_database: str) -> None:
    app_url, owner_url = servers.app_url_for(empty_database), servers.owner_url_for(empty_database)
    urls = {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url, "COURSIFY_ENV_FILE": ""}
    command = [sys.executable, "-m", "coursify", "migrate", "--sql"]
    printed = subprocess.run(command, env=os.environ | urls, capture_output=True, text=True, check=True).stdout
    with psycopg.connect(owner_url) as db:
        assert db.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,)
    psql = [str(find_binaries() / "psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", owner_url]
    subprocess.run(psql, input=printed, text=True, check=True)
    assert revisions(app_url) == [(find_head(),)]
    assert schema_of(owner_url) == schema_of(servers.owner_url_for(TEMPLATE))


@pytest.mark.slow
def test_migrate_says_what_it_did_and_refuses_a_newer_schema(
    servers: ServerAddresses, empty_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app_url, owner_url = servers.app_url_for(empty_database), servers.owner_url_for(empty_database)
    for name, value in {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url, "COURSIFY_ENV_FILE": ""}.items():
        monkeypatch.setenv(name, value)
    head = find_head()

    def check() -> str:
        with pytest.raises(SystemExit) as ended:
            migrate(check=True)
        return str(ended.value)

    def set_revision(revision: str) -> None:
        with psycopg.connect(owner_url, autocommit=True) as db:
            db.execute("UPDATE alembic_version SET version_num = %s", [revision])

    assert f"no schema yet; this version needs revision {head}" in check()
    migrate()
    said = capsys.readouterr().out.splitlines()
    assert [line[:12] for line in said[:-1]] == [f"Applied {number:04}" for number in range(1, int(head) + 1)]
    assert said[-1] == f"The schema is at revision {head}."
    migrate()
    assert capsys.readouterr().out == f"The schema is at revision {head}, as before.\n"
    migrate(check=True)
    assert capsys.readouterr().out == f"The schema is at revision {head}, as this version needs it.\n"
    set_revision("0001")
    assert check() == f"The schema is at revision 0001; this version needs {head}: run `coursify migrate`."
    set_revision("9998")
    assert "The schema is at revision 9998, which is newer" in check()
    for words in ({}, {"sql": True}):
        with pytest.raises(ConfigurationError, match="run the command of the newer version"):
            migrate(**words)
    assert revisions(app_url) == [("9998",)]


@pytest.mark.slow
def test_a_revision_that_does_not_get_its_lock_gives_way_to_others_and_tries_again(
    servers: ServerAddresses, empty_database: str
) -> None:
    app_url, owner_url = servers.app_url_for(empty_database), servers.owner_url_for(empty_database)
    environment = os.environ | {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url, "COURSIFY_ENV_FILE": ""}
    command = [sys.executable, "-m", "coursify", "migrate"]
    # The next revision alters a table that a long transaction reads.
    subprocess.run([*command, "--revision", "0014"], env=environment, check=True, capture_output=True)
    with psycopg.connect(owner_url) as reader, psycopg.connect(owner_url, autocommit=True) as other:
        for table in ("users", "courses", "orders", "payments"):
            reader.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")  # a constant of this test
        migrator = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        deadline = time.monotonic() + 60
        while not other.execute(WAITS).fetchone() and time.monotonic() < deadline:
            time.sleep(0.05)
        other.execute("SET lock_timeout = 2000")
        for _ in range(4):
            for table in ("users", "courses", "orders", "payments"):
                other.execute(f"SELECT FROM {table} LIMIT 1")  # a constant of this test
            time.sleep(0.5)
        assert migrator.poll() is None
        reader.rollback()
        said = migrator.communicate(timeout=60)[0]
    assert migrator.returncode == 0, said
    assert revisions(app_url) == [(find_head(),)]


def sessions_of_others(db: psycopg.Connection) -> int:
    row = db.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchone()
    assert row
    return int(row[0])


def schema_of(url: str) -> list[str]:
    """What pg_dump writes of it, without the key that it draws for each dump."""
    command = [str(find_binaries() / "pg_dump"), "--schema-only", "--dbname", url]
    dumped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in dumped.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def revisions(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as db:
        return db.execute("SELECT version_num FROM alembic_version").fetchall()
