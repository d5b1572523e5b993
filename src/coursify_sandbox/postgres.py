"""The embedded PostgreSQL: a cluster of its own, two roles, 127.0.0.1 and passwords only."""

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
from coursify_sandbox.postgres_home import Home
from coursify_sandbox.processes import Command

MAJOR = "18"
OWNER = "coursify"
APPLICATION = "coursify_app"
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")
DURABLE = ("shared_buffers=128MB", "max_wal_size=512MB")


@dataclass(frozen=True)
class Cluster:
    home: Home
    port: int
    owner_password: str
    app_password: str
    log: Path
    durable: bool = True

    def owner_url(self, database: str = "coursify") -> str:
        return f"postgresql://{OWNER}:{self.owner_password}@127.0.0.1:{self.port}/{database}"

    def app_url(self, database: str = "coursify") -> str:
        return f"postgresql://{APPLICATION}:{self.app_password}@127.0.0.1:{self.port}/{database}"


def initialize(cluster: Cluster) -> bool:
    """Make the cluster when there is none; True when it was made now. An interrupted attempt starts over."""
    data = cluster.home.data
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
    """How to start the server. When we die it dies at once and replays its log at the next start."""
    settings = (
        "listen_addresses=127.0.0.1",
        f"port={cluster.port}",
        "unix_socket_directories=",
        "max_connections=200",
        "timezone=UTC",
        "log_timezone=UTC",
        "cluster_name=coursify",
        # An error's DETAIL quotes the row, and with it a person.
        "log_error_verbosity=terse",
        *(DURABLE if cluster.durable else FAST_AND_FORGETFUL),
    )
    words = [str(cluster.home.binaries / "postgres"), "-D", str(cluster.home.data)]
    for setting in settings:
        words += ["-c", setting]
    return Command(
        words=words,
        env=ENVIRONMENT,
        cwd=cluster.home.data,
        log=cluster.log,
        account=cluster.home.account,
        kill_signal=signal.SIGQUIT,
    )


def clear_stale_lock(cluster: Cluster) -> None:
    """Remove a killed server's lock, even when its process id now belongs to another program."""
    lock = cluster.home.data / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        if not _is_postgres(pid):
            lock.unlink()


def postgres_answers(cluster: Cluster) -> bool:
    """Whether the owner can sign in now."""
    try:
        psycopg.connect(cluster.owner_url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise SandboxError(
                "The database was made with other passwords than those in the secrets file: "
                "bring that file back, or start afresh with `make reset`."
            ) from error
        return False
    return True


def ensure_database(cluster: Cluster, database: str = "coursify") -> bool:
    """Give the application a role without DDL, and make the database; True when it was made now."""
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
            f"The data in {data} was made by PostgreSQL {found} and this version brings {MAJOR}: "
            "use the version of Coursify that made it, or start afresh with `make reset`."
        )


def _run_initdb(cluster: Cluster, target: Path) -> None:
    account = cluster.home.account
    password_file = target.parent / "initdb-password"
    password_file.unlink(missing_ok=True)
    descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(cluster.owner_password + "\n")
    if account:
        os.chown(target, account.uid, account.gid)
        os.chown(password_file, account.uid, account.gid)
    words = [str(cluster.home.binaries / "initdb"), "-D", str(target), f"--username={OWNER}"]
    words += [f"--pwfile={password_file}", "--auth=scram-sha-256", "-E", "UTF8", "--locale-provider=builtin"]
    words += ["--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"]
    try:
        made = subprocess.run(
            words,
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
    if made.returncode != 0:
        lines = made.stderr.strip().splitlines() or ["no reason was given"]
        telling = [line for line in lines if any(word in line for word in ("No space", "FATAL", "error:"))]
        reason = (telling or lines)[0]
        raise SandboxError(f"PostgreSQL could not make its data folder {target.parent}: {reason}")


def _is_postgres(pid: int) -> bool:
    """Where the kernel shows no process list we leave the judgement to PostgreSQL itself."""
    if not Path("/proc/self/cmdline").exists():
        return True
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode("utf-8", "replace")
        return Path(command).name == "postgres"
    return False
