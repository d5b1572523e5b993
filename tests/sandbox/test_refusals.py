"""What stops `coursify up` before anything is started: one sentence each, which says what to do."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.support.servers import ServerAddresses

from coursify_sandbox.data_folder import DataFolder, make_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.keys import Keys, load_keys
from coursify_sandbox.postgres import Cluster, clear_stale_lock, initialize
from coursify_sandbox.postgres_home import Home
from coursify_sandbox.processes import dismiss_watchdog
from coursify_sandbox.supervisor.checks import check_disk, check_port, take_lock
from coursify_sandbox.supervisor.children import Crew, hire
from coursify_sandbox.supervisor.plan import Plan, child_environment, make_plan, refuse_production
from coursify_sandbox.supervisor.schema import migrate

OUTSIDE = {
    "DATABASE_URL": "postgresql://app@db.example/coursify",
    "REDIS_URL": "redis://cache.example/0",
    "STRIPE_SECRET_KEY": "sk_test_outside",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_outside",
    "SENDGRID_API_KEY": "SG.outside",
}


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    make_data_folder(made)
    return made


@pytest.fixture
def keys(folder: DataFolder) -> Keys:
    return load_keys(folder.secrets)


def test_a_busy_port_is_named_with_another_to_take() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=rf"Port {port} of 127\.0\.0\.1 is in use.*COURSIFY_PORT=\d+"):
            check_port(port)


def test_a_second_start_beside_a_running_one_says_where_the_first_is(folder: DataFolder) -> None:
    lock = take_lock(folder)
    folder.run_file.write_text(json.dumps({"api": "http://127.0.0.1:8123"}))
    with pytest.raises(SandboxError, match=r"already runs at http://127\.0\.0\.1:8123: use that one"):
        take_lock(folder)
    os.close(lock)
    os.close(take_lock(folder))


def test_a_full_disk_says_how_much_is_needed(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(10, 10, 12_000_000))
    with pytest.raises(SandboxError, match="has 12 MB left and 300 MB are needed: free some space"):
        check_disk(folder.root, is_first_start=True)


def test_production_refuses_the_sandbox() -> None:
    with pytest.raises(SandboxError, match="where the sandbox refuses to start"):
        refuse_production({"ENVIRONMENT": "production"})
    refuse_production({"ENVIRONMENT": "test"})


def test_data_of_another_postgresql_is_left_alone(folder: DataFolder) -> None:
    cluster = Cluster(Home(folder.root, folder.root / "postgres", None), 1, "a", "b", folder.log("postgres"))
    cluster.home.data.mkdir()
    (cluster.home.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(SandboxError, match="was made by PostgreSQL 17 and this version brings 18"):
        initialize(cluster)


def test_the_lock_of_a_killed_postgresql_goes_also_when_its_number_lives_on(folder: DataFolder) -> None:
    cluster = Cluster(Home(folder.root, folder.root / "postgres", None), 1, "a", "b", folder.log("postgres"))
    cluster.home.data.mkdir()
    lock = cluster.home.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/somewhere\n")
    clear_stale_lock(cluster)
    assert not lock.exists()


def test_keys_are_made_once_and_only_for_us(folder: DataFolder, keys: Keys) -> None:
    assert folder.secrets.stat().st_mode & 0o777 == 0o600
    assert load_keys(folder.secrets) == keys
    assert {account["role"] for account in keys.accounts()} == {"admin", "instructor", "student"}
    folder.secrets.write_text("{")
    with pytest.raises(SandboxError, match="cannot be read: bring the file back"):
        load_keys(folder.secrets)


def test_what_comes_from_outside_is_used_and_not_started(folder: DataFolder, keys: Keys) -> None:
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, outside=OUTSIDE)

    assert (plan.cluster, plan.redis, plan.stripe, plan.mailbox) == (None, None, None, None)
    assert plan.is_empty_school
    environment = child_environment(plan)
    assert OUTSIDE.items() <= environment.items()
    assert "STRIPE_API_BASE" not in environment
    assert environment["ENVIRONMENT"] == "sandbox"


def test_the_application_is_not_told_the_owner_of_the_database(folder: DataFolder, keys: Keys) -> None:
    owner = {"DATABASE_OWNER_URL": "postgresql://owner@db.example/coursify"}
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, outside=OUTSIDE | owner)
    assert plan.owner_url == owner["DATABASE_OWNER_URL"]
    assert "DATABASE_OWNER_URL" not in child_environment(plan)


def test_a_limit_that_was_set_stays_and_a_proxy_is_not_asked_for_this_machine(folder: DataFolder, keys: Keys) -> None:
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, outside=OUTSIDE)
    assert child_environment(plan)["RATE_LIMIT_FACTOR"] == "1000"
    outside = OUTSIDE | {"RATE_LIMIT_FACTOR": "1", "NO_PROXY": "intranet"}
    environment = child_environment(make_plan(folder, keys, port=1, is_empty_school=False, outside=outside))
    assert environment["RATE_LIMIT_FACTOR"] == "1"
    assert environment["no_proxy"] == "intranet,127.0.0.1,localhost"


@pytest.fixture
def newer_database(servers: ServerAddresses, worker_number: int) -> Iterator[str]:
    name = f"coursify_newer_{worker_number}"
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(servers.owner_url_for(name), autocommit=True) as db:
        db.execute("CREATE TABLE alembic_version (version_num text)")
        db.execute("INSERT INTO alembic_version VALUES ('9999')")
    yield servers.owner_url_for(name)
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.anyio
async def test_data_of_a_newer_version_is_left_alone(folder: DataFolder, keys: Keys, newer_database: str) -> None:
    outside = OUTSIDE | {"DATABASE_URL": newer_database}
    plan: Plan = make_plan(folder, keys, port=8000, is_empty_school=False, outside=outside)
    crew: Crew = hire(folder, [], print)
    try:
        with pytest.raises(SandboxError, match=r"made by a newer version of Coursify \(its schema is at 9999"):
            await migrate(crew, plan)
    finally:
        dismiss_watchdog(crew.watchdog)
