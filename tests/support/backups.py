"""A database of its own with backups: commands run as processes, in the environment that an operator has."""

from __future__ import annotations

import base64
import dataclasses
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from tests.support.servers import TestServers, start_test_servers, watchdog

from coursify.commands.migrate import upgrade
from coursify.core.settings import DatabaseSettings
from coursify_sandbox.ports import free_port
from coursify_sandbox.postgres import is_postgres_ready, postgres_command
from coursify_sandbox.subprocesses import spawn, stop, wait_until

DATABASE = "school"
# The account of PostgreSQL reaches no private folder of pytest.
REACHABLE = Path("/tmp")  # noqa: S108  # folders with random names


@dataclass
class Depot:
    """`folder` has the backups, `work` the spool and temporary clusters, `media` the files of the school."""

    servers: TestServers
    root: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / "backups"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def media(self) -> Path:
        return self.root / "media"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "coursify", *arguments]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=os.environ | self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def succeed(self, *arguments: str, **environment: str) -> str:
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, *arguments: str, **environment: str) -> str:
        """The one sentence of a command that ends with an error."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        return done.stderr.strip()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.root / "process.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(*arguments), env=os.environ | self.environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def log(self) -> str:
        return (self.root / "process.log").read_text()

    def execute(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.servers.owner_url_for(DATABASE), autocommit=True) as db:
            cursor = db.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def backups(self) -> list[str]:
        """The ids of the complete backups."""
        lines = self.succeed("backup", "list").splitlines()
        return [line.split()[0] for line in lines if "Z-" in line]

    def add_person(self, email: str, *, role: str = "student") -> None:
        self.execute(
            """
            INSERT INTO users (name, email, email_canonical, role, sessions_valid_after, created_at, updated_at)
            VALUES ('Ada', %s, %s, %s, now(), now(), now())
            """,
            email,
            email,
            role,
        )

    def wait_until_streamed(self, seconds: float = 120) -> None:
        """Everything that is committed now is in the store."""
        ((position,),) = self.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")

        def is_stored() -> bool:
            spooled = self.work / "wal" / f"{position}.partial"
            stored = list(self.folder.glob(f"wal/*/{position}*"))
            return any(not path.name.endswith(".partial") for path in stored) or any(
                path.stat().st_mtime_ns > spooled.stat().st_mtime_ns for path in stored if spooled.exists()
            )

        time.sleep(1)
        wait_for(is_stored, f"the segment {position} was not stored: {self.log()}", seconds)

    def new_folder(self, name: str) -> Path:
        return self.root / f"{name}-{secrets.token_hex(4)}"

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)
        self.processes.clear()


def make_key(name: str) -> str:
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def backup_environment(servers: TestServers, root: Path) -> dict[str, str]:
    """The settings of backups in folders below `root`, which the account of PostgreSQL can enter."""
    return {
        "BACKUP_KEYS": make_key("b1"),
        "BACKUP_FOLDER": str(root / "backups"),
        "BACKUP_WORK_FOLDER": str(root / "work"),
        "BACKUP_WAL_SECONDS": "0.4",
        "PG_BIN": str(servers.cluster.paths.binaries),
        "PG_ACCOUNT": servers.cluster.paths.account.name if servers.cluster.paths.account else "",
    }


@contextmanager
def open_depot(environment: dict[str, str], root: Path) -> Iterator[Depot]:
    """A migrated database on durable servers, with an empty folder of media."""
    root.chmod(0o711)
    servers = start_test_servers(root / "servers", durable=True)
    own = {
        "DATABASE_URL": servers.app_url_for(DATABASE),
        "DATABASE_OWNER_URL": servers.owner_url_for(DATABASE),
        "MEDIA_FOLDER": str(root / "media"),
    }
    depot = Depot(servers, root, environment | own | backup_environment(servers, root))
    try:
        depot.media.mkdir()
        with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {DATABASE}")  # a constant of this file
        upgrade(DatabaseSettings(database_url=own["DATABASE_URL"], database_owner_url=own["DATABASE_OWNER_URL"]))
        # Where people are, an active admin is: the audit of a restored database asks for one.
        depot.add_person("admin@school.example", role="admin")
        yield depot
    finally:
        depot.stop()
        servers.stop()


@contextmanager
def restored(depot: Depot, data: Path) -> Iterator[psycopg.Connection[Any]]:
    """A server on the restored data directory, as an operator starts it."""
    cluster = dataclasses.replace(
        depot.servers.cluster,
        paths=dataclasses.replace(depot.servers.cluster.paths, data=data),
        port=free_port(),
        log=depot.root / "restored.log",
    )
    process = spawn(postgres_command(cluster), watchdog())
    try:
        wait_until(lambda: is_postgres_ready(cluster), process, cluster.log)
        with psycopg.connect(cluster.owner_url(DATABASE), autocommit=True) as db:
            yield db
    finally:
        stop(process, watchdog(), signal.SIGINT, timeout=20)


def wait_for(condition: Any, what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
