"""The embedded PostgreSQL: a cluster with two roles that listens on 127.0.0.1 and requires passwords."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.postgres_paths import PostgresPaths
from coursify_sandbox.subprocesses import Command

MAJOR = "18"
OWNER = "coursify"
APPLICATION = "coursify_app"
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")
# Incremental backups need the summaries of the write-ahead log.
DURABLE = ("shared_buffers=128MB", "max_wal_size=512MB", "summarize_wal=on", "max_slot_wal_keep_size=4GB")


@dataclass(frozen=True)
class Cluster:
    paths: PostgresPaths
    port: int
    owner_password: str
    app_password: str
    log: Path
    durable: bool = True

    def owner_url(self, database: str = "coursify") -> str:
        return f"postgresql://{OWNER}:{self.owner_password}@127.0.0.1:{self.port}/{database}"

    def app_url(self, database: str = "coursify") -> str:
        return f"postgresql://{APPLICATION}:{self.app_password}@127.0.0.1:{self.port}/{database}"


def initialize_cluster(cluster: Cluster) -> bool:
    """Create the cluster unless it exists; return whether it was created. An interrupted attempt starts over."""
    data = cluster.paths.data
    if (data / "PG_VERSION").exists():
        _check_version(data)
        return False
    data.parent.mkdir(parents=True, exist_ok=True)
    data.parent.chmod(0o711)
    for interrupted in data.parent.glob("unfinished-*"):
        shutil.rmtree(interrupted, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=data.parent))
    try:
        _run_initdb(cluster, unfinished)
        unfinished.rename(data)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return True


def postgres_command(cluster: Cluster) -> Command:
    """The command that starts the server. When the supervisor dies, SIGQUIT ends the server without a checkpoint."""
    settings = (
        "listen_addresses=127.0.0.1",
        f"port={cluster.port}",
        "unix_socket_directories=",
        # Parallel tests start dozens of processes with pools of their own.
        "max_connections=400",
        "timezone=UTC",
        "log_timezone=UTC",
        "cluster_name=coursify",
        # The DETAIL of an error quotes the row and may contain personal data.
        "log_error_verbosity=terse",
        *(DURABLE if cluster.durable else NOT_DURABLE),
    )
    arguments = [str(cluster.paths.binaries / "postgres"), "-D", str(cluster.paths.data)]
    for setting in settings:
        arguments += ["-c", setting]
    return Command(
        arguments=arguments,
        env=ENVIRONMENT,
        cwd=cluster.paths.data,
        log=cluster.log,
        account=cluster.paths.account,
        kill_signal=signal.SIGQUIT,
    )


def remove_stale_lock(cluster: Cluster) -> None:
    """Delete the lock file of a killed server, even when another program now has its process id."""
    lock = cluster.paths.data / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        if not _is_postgres(pid):
            lock.unlink()


def is_postgres_ready(cluster: Cluster) -> bool:
    """Whether the owner can connect."""
    try:
        psycopg.connect(cluster.owner_url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise SandboxError(
                "The passwords in the secrets file are not those of the database: "
                "restore the file, or delete the data with `make reset`."
            ) from error
        return False
    return True


def ensure_database(cluster: Cluster, database: str = "coursify") -> bool:
    """Create the application's role and the database unless they exist; return whether the database was created."""
    with psycopg.connect(cluster.owner_url("postgres"), autocommit=True) as connection:
        role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone()
        if role is None:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    sql.Identifier(APPLICATION), sql.Literal(cluster.app_password)
                )
            )
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return found is None


def drop_database(cluster: Cluster, database: str = "coursify") -> None:
    with psycopg.connect(cluster.owner_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise SandboxError(
            f"The data in {data} belongs to PostgreSQL {found}, but this version runs PostgreSQL {MAJOR}: "
            "use the earlier version of Coursify, or delete the data with `make reset`."
        )


def _run_initdb(cluster: Cluster, target: Path) -> None:
    account = cluster.paths.account
    password_file = target.parent / "initdb-password"
    password_file.unlink(missing_ok=True)
    descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(cluster.owner_password + "\n")
    if account:
        os.chown(target, account.uid, account.gid)
        os.chown(password_file, account.uid, account.gid)
    arguments = [str(cluster.paths.binaries / "initdb"), "-D", str(target), f"--username={OWNER}"]
    arguments += [f"--pwfile={password_file}", "--auth=scram-sha-256", "-E", "UTF8", "--locale-provider=builtin"]
    arguments += ["--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"]
    try:
        completed = subprocess.run(
            arguments,
            env=ENVIRONMENT,
            cwd=target,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            capture_output=True,
            check=False,
            text=True,
        )
    finally:
        password_file.unlink()
    if completed.returncode != 0:
        lines = completed.stderr.strip().splitlines() or ["no reason given"]
        errors = [line for line in lines if any(word in line for word in ("No space", "FATAL", "error:"))]
        reason = (errors or lines)[0]
        raise SandboxError(f"PostgreSQL could not create its data folder {target.parent}: {reason}")


def _is_postgres(pid: int) -> bool:
    """Without /proc the answer is yes, and PostgreSQL itself decides whether the lock is stale."""
    if not Path("/proc/self/cmdline").exists():
        return True
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode("utf-8", "replace")
        return Path(command).name == "postgres"
    return False
