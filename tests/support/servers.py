"""PostgreSQL and Redis of the test run: real servers, started once and deleted at its end.

Where no Redis is installed, tests that need one are skipped and all others run without it.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import secrets
import shutil
import signal
import tempfile
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import pytest

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
from coursify_sandbox.subprocesses import Process, Watchdog, spawn, start_watchdog, stop, wait_until
from coursify_sandbox.supervisor.plan import NO_REDIS
from coursify_sandbox.unix_accounts import UnixAccount, can_enter, find_unprivileged_account

PREFIX = "coursify-test-"
WITHOUT_REDIS = NO_REDIS.removesuffix("/0")
NO_REDIS_INSTALLED = "no Redis is installed here"
LEFT_BY = re.compile(r"coursify-tests?-(\d+)(-.*)?")


@cache
def watchdog() -> Watchdog:
    """Ends the servers that this test process started, however the process itself ends."""
    started = start_watchdog()
    atexit.register(started.process.communicate)
    return started


@dataclass(frozen=True)
class ServerAddresses:
    """What a test process needs to know of servers that another one started, also as JSON."""

    owner_url: str
    app_url: str
    redis_base_url: str

    def owner_url_for(self, database: str) -> str:
        return f"{self.owner_url}/{database}"

    def app_url_for(self, database: str) -> str:
        return f"{self.app_url}/{database}"

    def redis_url(self, index: int = 0) -> str:
        return f"{self.redis_base_url}/{index}"

    def require_redis(self) -> None:
        if self.redis_base_url == WITHOUT_REDIS:
            pytest.skip(NO_REDIS_INSTALLED)

    def as_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass
class TestRedis:
    """A separate Redis for a test that stops it and starts it again at the same address."""

    __test__ = False

    server: RedisServer
    process: Process | None = None

    def url(self, index: int = 0) -> str:
        return self.server.url(index)

    def start(self) -> None:
        if self.process is None:
            self.process = spawn(redis_command(self.server), watchdog())
            wait_until(lambda: is_redis_ready(self.server), self.process, self.server.log)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, watchdog(), signal.SIGKILL, timeout=5)
            self.process = None


@dataclass
class TestServers:
    __test__ = False

    cluster: Cluster
    postgres: Process
    redis: TestRedis | None
    folders: list[Path] = field(default_factory=list)

    def addresses(self) -> ServerAddresses:
        return ServerAddresses(
            owner_url=self.cluster.owner_url("").rstrip("/"),
            app_url=self.cluster.app_url("").rstrip("/"),
            redis_base_url=self.redis_url().removesuffix("/0"),
        )

    def owner_url_for(self, database: str) -> str:
        return self.cluster.owner_url(database)

    def app_url_for(self, database: str) -> str:
        return self.cluster.app_url(database)

    def redis_url(self, index: int = 0) -> str:
        return self.redis.url(index) if self.redis else f"{WITHOUT_REDIS}/{index}"

    def stop_postgres(self) -> None:
        """Stops it as a crash does: every connection breaks, and the next start replays the write-ahead log."""
        stop(self.postgres, watchdog(), signal.SIGQUIT, timeout=8)

    def start_postgres(self) -> None:
        """Starts it again at the same address, and returns when it answers."""
        remove_stale_lock(self.cluster)
        self.postgres = spawn(postgres_command(self.cluster), watchdog())
        wait_until(lambda: is_postgres_ready(self.cluster), self.postgres, self.cluster.log)

    def stop(self) -> None:
        if self.redis:
            self.redis.stop()
            shutil.rmtree(self.redis.server.folder, ignore_errors=True)
        self.stop_postgres()
        for folder in (self.cluster.paths.data, *self.folders):
            shutil.rmtree(folder, ignore_errors=True)


def start_test_servers(base_dir: Path, *, durable: bool = False) -> TestServers:
    """Start both servers; the role `coursify_app` and the database `coursify` exist when this returns."""
    _remove_leftovers()
    is_ours = not base_dir.exists()
    base_dir.mkdir(parents=True, exist_ok=True)
    folder = _reachable_folder(base_dir)
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    cluster = Cluster(
        paths=choose_paths(folder),
        port=free_port(),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
        log=base_dir / "postgres.log",
        durable=durable,
    )
    made = (base_dir if is_ours else None, folder if folder != base_dir else None)
    redis = start_test_redis(base_dir) if find_redis_binary() else None
    initialize_cluster(cluster)
    postgres = spawn(postgres_command(cluster), watchdog())
    servers = TestServers(cluster, postgres, redis, [folder for folder in made if folder])
    try:
        wait_until(lambda: is_postgres_ready(cluster), postgres, cluster.log)
        ensure_database(cluster)
    except BaseException:
        servers.stop()
        raise
    return servers


def start_test_redis(base_dir: Path) -> TestRedis:
    """Starts one more Redis for tests that stop it, so that no other test is affected."""
    binary = find_redis_binary()
    if binary is None:
        pytest.skip(NO_REDIS_INSTALLED)
    port = free_port()
    folder = base_dir / f"redis-{port}"
    folder.mkdir(parents=True, exist_ok=True)
    redis = TestRedis(RedisServer(binary, port, secrets.token_urlsafe(24), folder, folder / "redis.log"))
    redis.start()
    return redis


def addresses_from_json(text: str) -> ServerAddresses:
    return ServerAddresses(**json.loads(text))


def _reachable_folder(base_dir: Path) -> Path:
    """Another folder if root's PostgreSQL account cannot enter pytest's private folders."""
    account: UnixAccount | None = find_unprivileged_account()
    if account is None or can_enter(account, base_dir):
        return base_dir
    for parent in (Path(tempfile.gettempdir()), Path("/var/tmp")):  # noqa: S108  made with a random name
        if parent.is_dir() and can_enter(account, parent):
            folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
            folder.chmod(0o711)
            return folder
    return base_dir


def _remove_leftovers() -> None:
    """Deletes the folders of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("coursify-test*"):
        owner = LEFT_BY.fullmatch(folder.name)
        if owner and Path("/proc/self").exists() and not Path(f"/proc/{owner[1]}").exists():
            shutil.rmtree(folder, ignore_errors=True)
