"""Coursify as it runs in production, on servers of this tree: PostgreSQL, Redis, the stand-ins, one API, one worker.

The API has the first core for itself; everything else that it needs runs on the second one, beside the load. The data
stay in `.tools/bench` between runs. Everything ends when the process that started it ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import psycopg
from scripts.install import TREE
from tests.support.plain_http import PLAIN

from bench.school import build_school
from coursify.commands.migrate import upgrade
from coursify.core.settings import DatabaseSettings
from coursify.integrations.stripe_facts import EVENT_TYPES
from coursify_sandbox.keys import Keys, load_keys
from coursify_sandbox.ports import free_port
from coursify_sandbox.postgres import (
    Cluster,
    ensure_database,
    initialize_cluster,
    is_postgres_ready,
    postgres_command,
    remove_stale_lock,
)
from coursify_sandbox.postgres_paths import choose_paths
from coursify_sandbox.redis import RedisServer, find_redis_binary, is_redis_ready, redis_command
from coursify_sandbox.subprocesses import Command, Process, Watchdog, spawn, start_watchdog, stop, tail, wait_until

FOLDER = TREE / ".tools" / "bench"
DATABASE = "bench_run"
READY_WITHIN = 60.0
QUIET_WITHIN, QUIET_SECONDS = 240.0, 5
DUE_JOBS = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now())
"""
# The core of the measured server, and that of everything else; None where processes cannot be pinned.
CAN_PIN = len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else False
SERVER_CORE, OTHER_CORE = (0, 1) if CAN_PIN else (None, None)


@dataclass
class Server:
    """A running process with an address."""

    name: str
    url: str
    process: Process
    log: Path
    # How many seconds it took from its start to its first answer.
    started_in: float = 0.0


@dataclass
class System:
    folder: Path
    cluster: Cluster
    redis: RedisServer
    keys: Keys
    watchdog: Watchdog
    port: int
    stripe_port: int
    mailbox_port: int
    # Settings that a bench wants to be otherwise.
    settings: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stripe_url(self) -> str:
        return f"http://127.0.0.1:{self.stripe_port}"

    @property
    def owner_url(self) -> str:
        return self.cluster.owner_url(DATABASE)

    def environment(self) -> dict[str, str]:
        """Production's settings; only the rate limits are out of reach, because all requests come from one address."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "PYTHONPATH": str(TREE / "src"),
            "ENVIRONMENT": "production",
            "COURSIFY_ENV_FILE": "",
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TRUSTED_PROXIES": "127.0.0.1",
            "DATABASE_URL": self.cluster.app_url(DATABASE),
            "REDIS_URL": self.redis.url(),
            "SERVER_KEY": self.keys.server_key,
            "JWT_KEYS": self.keys.jwt_keys,
            "ENCRYPTION_KEYS": self.keys.encryption_keys,
            "STRIPE_SECRET_KEY": self.keys.stripe_secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.keys.stripe_publishable_key,
            "STRIPE_WEBHOOK_SECRET": self.keys.stripe_webhook_secret,
            "STRIPE_API_BASE": self.stripe_url,
            "SENDGRID_API_KEY": self.keys.sendgrid_api_key,
            "SENDGRID_API_BASE": f"http://127.0.0.1:{self.mailbox_port}",
            "MEDIA_FOLDER": str(self.folder / "media"),
            "MEDIA_SCRATCH_FOLDER": str(self.folder / "scratch"),
            "RATE_LIMIT_FACTOR": "1000000",
            **self.settings,
        }

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        env: Mapping[str, str],
        *,
        core: int | None = OTHER_CORE,
        cwd: Path = TREE,
    ) -> Process:
        """Starts a process on a core; its output goes into a log of its name."""
        pinned = [] if core is None else [shutil.which("taskset") or "taskset", "-c", str(core)]
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        process = spawn(Command([*pinned, *arguments], env, cwd, log, kill_signal=signal.SIGTERM), self.watchdog)
        self.processes[name] = process
        return process

    def start_server(
        self,
        name: str,
        arguments: Sequence[str],
        env: Mapping[str, str],
        *,
        port: int,
        health: str,
        core: int | None = SERVER_CORE,
        cwd: Path = TREE,
    ) -> Server:
        """Starts a server and returns when `health` is answered with 200."""
        began = time.monotonic()
        process = self.start(name, arguments, env, core=core, cwd=cwd)
        server = Server(name, f"http://127.0.0.1:{port}", process, self.folder / f"{name}.log")
        with httpx.Client(**PLAIN, timeout=5) as client:
            while not _is_ready(client, server.url + health):
                if process.poll() is not None or time.monotonic() > began + READY_WITHIN:
                    raise RuntimeError(f"{name} did not start:\n{tail(server.log)}")
                time.sleep(0.002)
        server.started_in = time.monotonic() - began
        return server

    def start_api(self, name: str = "ours", *, port: int | None = None, core: int | None = SERVER_CORE) -> Server:
        port = port or self.port
        words = [sys.executable, "-m", "coursify", "serve", "--port", str(port)]
        return self.start_server(name, words, self.environment(), port=port, health="/health/ready", core=core)

    def start_worker(self, *, core: int | None = OTHER_CORE) -> None:
        """Returns when it has done what was due: its daily jobs may take most of a minute."""
        self.start("worker", [sys.executable, "-m", "coursify", "worker"], self.environment(), core=core)
        deadline = time.monotonic() + QUIET_WITHIN
        quiet = 0
        while quiet < QUIET_SECONDS and time.monotonic() < deadline:
            time.sleep(1)
            quiet = 0 if self.count(DUE_JOBS) else quiet + 1

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `coursify …` to its end."""
        command = [sys.executable, "-m", "coursify", *words]
        return subprocess.run(command, env=self.environment(), check=False, capture_output=True, text=True)

    def end(self, name: str) -> None:
        stop(self.processes.pop(name), self.watchdog, signal.SIGTERM, timeout=15)

    def start_redis(self) -> None:
        self.processes["redis"] = process = spawn(redis_command(self.redis), self.watchdog)
        wait_until(lambda: is_redis_ready(self.redis), process, self.redis.log)
        pin(process.pid, OTHER_CORE)

    def count(self, sql: str) -> int:
        with psycopg.connect(self.owner_url, autocommit=True) as db:
            row = db.execute(sql).fetchone()  # a constant of these files
        return int(row[0]) if row else 0


def pin(pid: int, core: int | None) -> None:
    """For a server that was started without; what it starts from now on is pinned, too."""
    if core is not None:
        os.sched_setaffinity(pid, {core})


@contextmanager
def start_system(*, is_pinned: bool = True, **settings: str) -> Iterator[System]:
    """Everything but the API and the worker, with a fresh copy of the school. Two benches take turns."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield from _start_system(is_pinned=is_pinned, settings=settings)


def _start_system(*, is_pinned: bool, settings: dict[str, str]) -> Iterator[System]:
    for name in ("media", "scratch", "redis"):
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
    redis = find_redis_binary()
    if redis is None:
        sys.exit("The bench needs a Redis: install redis-server or valkey-server.")
    keys = load_keys(FOLDER / "secrets")
    watchdog = start_watchdog()
    passwords = keys.database_owner_password, keys.database_app_password
    cluster = Cluster(choose_paths(FOLDER), free_port(), *passwords, FOLDER / "postgres.log")
    server = RedisServer(redis, free_port(), keys.redis_password, FOLDER / "redis", FOLDER / "redis.log")
    system = System(FOLDER, cluster, server, keys, watchdog, free_port(), free_port(), free_port(), settings)
    core = OTHER_CORE if is_pinned else None
    try:
        initialize_cluster(cluster)
        remove_stale_lock(cluster)
        system.processes["postgres"] = process = spawn(postgres_command(cluster), watchdog)
        wait_until(lambda: is_postgres_ready(cluster), process, cluster.log)
        ensure_database(cluster)
        pin(process.pid, core)
        system.start_redis()
        _start_stand_ins(system, core)
        _make_database(system)
        yield system
    finally:
        for name in reversed(list(system.processes)):
            number = signal.SIGINT if name == "postgres" else signal.SIGTERM
            stop(system.processes[name], watchdog, number, timeout=20)


def _make_database(system: System) -> None:
    """A copy of the school, which is built once for each state of the migrations and of the files that build it."""
    sources = [*(TREE / "src/coursify/migrations/versions").glob("*.sql"), TREE / "bench" / "large_catalogue.py"]
    sources.append(TREE / "bench" / "school.py")
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()[:12]
    template = f"bench_school_{state}"
    cluster = system.cluster
    with psycopg.connect(cluster.owner_url("postgres"), autocommit=True) as db:
        names = {name for (name,) in db.execute("SELECT datname FROM pg_database").fetchall()}
        for name in names:
            if name.startswith("bench_") and name != template:
                db.execute(f"DROP DATABASE {name} WITH (FORCE)")  # a name of ours
        if template not in names:
            db.execute(f"CREATE DATABASE {DATABASE}")  # as above
            _build(system)
            db.execute(f"ALTER DATABASE {DATABASE} RENAME TO {template}")
        db.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {template} STRATEGY file_copy")
        db.execute("CHECKPOINT")


def _build(system: System) -> None:
    cluster = system.cluster
    urls = {"database_url": cluster.app_url(DATABASE), "database_owner_url": cluster.owner_url(DATABASE)}
    upgrade(DatabaseSettings(**urls))  # type: ignore[arg-type]  # pydantic makes secrets of them
    with psycopg.connect(system.owner_url, autocommit=True) as db:
        build_school(db)
    # What the worker computes of a whole school, it computes here.
    system.start_worker()
    system.end("worker")


def _start_stand_ins(system: System, core: int | None) -> None:
    own = {"PATH": os.defpath, "PYTHONPATH": str(TREE / "src")}
    state = system.folder / "stripe.sqlite3"
    for path in system.folder.glob("stripe.sqlite3*"):
        path.unlink()
    (system.folder / "mailbox.state").unlink(missing_ok=True)
    stripe = own | {
        "STRIPE_STANDIN_PORT": str(system.stripe_port),
        "STRIPE_STANDIN_STATE": str(state),
        "STRIPE_SECRET_KEY": system.keys.stripe_secret_key,
        "STRIPE_PUBLISHABLE_KEY": system.keys.stripe_publishable_key,
        "STRIPE_WEBHOOK_SECRET": system.keys.stripe_webhook_secret,
        "CLOCK_OFFSET_FILE": str(system.folder / "clock"),
    }
    mailbox = own | {
        "MAILBOX_PORT": str(system.mailbox_port),
        "MAILBOX_STATE": str(system.folder / "mailbox.state"),
        "SENDGRID_API_KEY": system.keys.sendgrid_api_key,
    }
    system.start_server(
        "stripe",
        [sys.executable, "-m", "stripe_standin"],
        stripe,
        port=system.stripe_port,
        health="/_control/ledger",
        core=core,
    )
    _register_webhook(system)
    system.start_server(
        "mailbox",
        [sys.executable, "-m", "coursify_sandbox.mailbox"],
        mailbox,
        port=system.mailbox_port,
        health="/api/messages",
        core=core,
    )


def _register_webhook(system: System) -> None:
    """As docs/operations/install.md says: an endpoint for the events that Coursify needs."""
    asked = {"url": f"{system.url}/api/v1/payments/webhook", "enabled_events[]": sorted(EVENT_TYPES)}
    with httpx.Client(**PLAIN, auth=(system.keys.stripe_secret_key, "")) as client:
        answer = client.post(f"{system.stripe_url}/v1/webhook_endpoints", data=asked)
    system.keys = replace(system.keys, stripe_webhook_secret=answer.raise_for_status().json()["secret"])


def _is_ready(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except httpx.TransportError:
        return False
