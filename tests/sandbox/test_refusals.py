"""`coursify up` checks its environment before it starts anything and says in one sentence what to do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.support.servers import ServerAddresses

from coursify_sandbox.data_folder import DataFolder, create_data_folder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.keys import Keys, load_keys
from coursify_sandbox.postgres import Cluster, initialize_cluster, remove_stale_lock
from coursify_sandbox.postgres_paths import PostgresPaths
from coursify_sandbox.redis import redis_command
from coursify_sandbox.subprocesses import dismiss_watchdog
from coursify_sandbox.supervisor.checks import check_disk, check_port, check_settings, lock_data_folder
from coursify_sandbox.supervisor.migrate_database import migrate_database
from coursify_sandbox.supervisor.plan import NO_REDIS, Plan, child_environment, make_plan, refuse_production
from coursify_sandbox.supervisor.processes import Processes, create_processes

EXTERNAL_SERVICES = {
    "DATABASE_URL": "postgresql://app@db.example/coursify",
    "REDIS_URL": "redis://cache.example/0",
    "STRIPE_SECRET_KEY": "sk_test_outside",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_outside",
    "SENDGRID_API_KEY": "SG.outside",
}


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    created = DataFolder(tmp_path / "data")
    create_data_folder(created)
    return created


@pytest.fixture
def keys(folder: DataFolder) -> Keys:
    return load_keys(folder.secrets)


def test_a_busy_port_is_reported_with_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=rf"Port {port} of 127\.0\.0\.1 is in use.*COURSIFY_PORT=\d+"):
            check_port(port)


def test_a_second_start_reports_the_address_of_the_first(folder: DataFolder) -> None:
    lock = lock_data_folder(folder)
    folder.run_file.write_text(json.dumps({"api": "http://127.0.0.1:8123"}))
    with pytest.raises(SandboxError, match=r"already running at http://127\.0\.0\.1:8123: use it"):
        lock_data_folder(folder)
    os.close(lock)
    os.close(lock_data_folder(folder))


def test_a_full_disk_is_reported_with_the_needed_space(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10, 10, 12_000_000))
    with pytest.raises(SandboxError, match="has 12 MB free but 300 MB are needed: free some space"):
        check_disk(folder.root, is_first_start=True)


def test_the_sandbox_does_not_start_in_production() -> None:
    with pytest.raises(SandboxError, match="does not start with ENVIRONMENT=production"):
        refuse_production({"ENVIRONMENT": "production"})
    refuse_production({"ENVIRONMENT": "test"})


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"MEDIA_STORE": "foo"}, "MEDIA_STORE: expected 'local', 's3' or 'cloudinary'"),
        ({"MEDIA_STORE": "s3"}, "MEDIA_STORE=s3 needs S3_BUCKET"),
        ({"MEDIA_FOLDER": "media"}, "MEDIA_FOLDER: expected an absolute path"),
        ({"MEDIA_SCRATCH_FOLDER": "/proc/coursify"}, "MEDIA_SCRATCH_FOLDER: /proc/coursify cannot be used"),
        ({"DATABASE_POOL_SIZE": "one"}, "DATABASE_POOL_SIZE: "),
    ],
)
def test_a_wrong_setting_is_named_before_anything_starts(
    folder: DataFolder, keys: Keys, variables: dict[str, str], told: str
) -> None:
    before = dict(os.environ)
    check_settings(child_environment(make_plan(folder, keys, port=8000, is_empty_school=False, environment={})))
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=variables)
    with pytest.raises(SandboxError) as raised:
        check_settings(child_environment(plan))
    assert told in str(raised.value)
    assert os.environ == before


def test_data_of_another_postgresql_version_is_rejected(folder: DataFolder) -> None:
    cluster = Cluster(PostgresPaths(folder.root, folder.root / "postgres", None), 1, "a", "b", folder.log("postgres"))
    cluster.paths.data.mkdir()
    (cluster.paths.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(SandboxError, match="belongs to PostgreSQL 17, but this version runs PostgreSQL 18"):
        initialize_cluster(cluster)


def test_a_stale_postgresql_lock_is_deleted_when_its_process_id_was_reused(folder: DataFolder) -> None:
    cluster = Cluster(PostgresPaths(folder.root, folder.root / "postgres", None), 1, "a", "b", folder.log("postgres"))
    cluster.paths.data.mkdir()
    lock = cluster.paths.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n/somewhere\n")
    remove_stale_lock(cluster)
    assert not lock.exists()


def test_keys_are_created_once_and_readable_by_their_owner_only(folder: DataFolder, keys: Keys) -> None:
    assert folder.secrets.stat().st_mode & 0o777 == 0o600
    assert load_keys(folder.secrets) == keys
    assert {account["role"] for account in keys.accounts()} == {"admin", "instructor", "student"}
    folder.secrets.write_text("{")
    with pytest.raises(SandboxError, match="cannot be read: restore the file"):
        load_keys(folder.secrets)


def test_an_external_service_is_used_and_not_started(folder: DataFolder, keys: Keys) -> None:
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=EXTERNAL_SERVICES)

    assert (plan.cluster, plan.redis, plan.stripe, plan.mailbox) == (None, None, None, None)
    assert plan.is_empty_school
    environment = child_environment(plan)
    assert EXTERNAL_SERVICES.items() <= environment.items()
    assert "STRIPE_API_BASE" not in environment
    assert environment["ENVIRONMENT"] == "sandbox"


def test_without_the_package_a_server_on_the_path_is_used_or_no_redis(
    folder: DataFolder, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    environment = {name: value for name, value in EXTERNAL_SERVICES.items() if name != "REDIS_URL"}

    plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=environment)
    assert (plan.redis, plan.redis_url) == (None, None)
    assert child_environment(plan)["REDIS_URL"] == NO_REDIS

    server = tmp_path / "valkey-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=environment)
    assert plan.redis
    assert redis_command(plan.redis).arguments[0] == str(server)


def test_the_application_does_not_get_the_owners_database_url(folder: DataFolder, keys: Keys) -> None:
    owner = {"DATABASE_OWNER_URL": "postgresql://owner@db.example/coursify"}
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=EXTERNAL_SERVICES | owner)
    assert plan.owner_url == owner["DATABASE_OWNER_URL"]
    assert "DATABASE_OWNER_URL" not in child_environment(plan)


def test_the_users_rate_limit_is_kept_and_loopback_bypasses_the_proxy(folder: DataFolder, keys: Keys) -> None:
    plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=EXTERNAL_SERVICES)
    assert child_environment(plan)["RATE_LIMIT_FACTOR"] == "1000"
    environment = EXTERNAL_SERVICES | {"RATE_LIMIT_FACTOR": "1", "NO_PROXY": "intranet"}
    environment = child_environment(make_plan(folder, keys, port=1, is_empty_school=False, environment=environment))
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
async def test_a_database_of_a_newer_version_is_rejected(folder: DataFolder, keys: Keys, newer_database: str) -> None:
    environment = EXTERNAL_SERVICES | {"DATABASE_URL": newer_database}
    plan: Plan = make_plan(folder, keys, port=8000, is_empty_school=False, environment=environment)
    processes: Processes = create_processes(folder, [], print)
    try:
        with pytest.raises(SandboxError, match=r"belongs to a newer version of Coursify \(its schema revision 9999"):
            await migrate_database(processes, plan)
    finally:
        dismiss_watchdog(processes.watchdog)
