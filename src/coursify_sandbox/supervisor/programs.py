"""The programs that the supervisor runs: how each is started, checked for readiness and stopped."""

from __future__ import annotations

import http.client
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from coursify_sandbox.data_folder import PROJECT_ROOT
from coursify_sandbox.postgres import Cluster, is_postgres_ready, postgres_command, remove_stale_lock
from coursify_sandbox.redis import RedisServer, is_redis_ready, redis_command
from coursify_sandbox.subprocesses import Command
from coursify_sandbox.supervisor.plan import Plan, child_environment


@dataclass(frozen=True)
class Program:
    """`is_ready` may block for at most two seconds; the timeouts are in seconds."""

    name: str
    title: str
    subject: str
    log: Path
    command: Callable[[], Command]
    is_ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 1.0
    start_timeout: float = 90.0


def list_programs(plan: Plan) -> list[Program]:
    """Every program of this sandbox, in the order in which they start."""
    programs = []
    if plan.cluster:
        programs.append(_postgres(plan.cluster))
    if plan.redis:
        programs.append(_redis(plan.redis))
    if plan.stripe_port:
        programs.append(_stand_in(plan, "stripe", "Stripe stand-in", "stripe_standin", plan.stripe_port))
    if plan.mailbox_port:
        programs.append(_stand_in(plan, "mailbox", "mailbox", "coursify_sandbox.mailbox", plan.mailbox_port))
    return [*programs, _worker(plan), _api(plan)]


def python_command(
    plan: Plan,
    *arguments: str,
    log: Path,
    variables: Mapping[str, str] | None = None,
) -> Command:
    """Run this Python with the sandbox's environment and additional variables."""
    return Command(
        arguments=[sys.executable, *arguments],
        env=child_environment(plan) | dict(variables or {}),
        cwd=PROJECT_ROOT if PROJECT_ROOT.is_dir() else plan.folder.root,
        log=log,
    )


def responds_to_http(port: int, path: str, *, status: int | None = None) -> bool:
    """Whether an HTTP server responds, with this status if one is given."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        received = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return status is None or received == status


def _postgres(cluster: Cluster) -> Program:
    def command() -> Command:
        remove_stale_lock(cluster)
        return postgres_command(cluster)

    return Program(
        name="postgres",
        title="PostgreSQL",
        subject="PostgreSQL",
        log=cluster.log,
        command=command,
        is_ready=lambda: is_postgres_ready(cluster),
        stop_signal=signal.SIGINT,
        stop_timeout=2.0,
        start_timeout=60.0,
    )


def _redis(server: RedisServer) -> Program:
    return Program(
        name="redis",
        title="Redis",
        subject="Redis",
        log=server.log,
        command=lambda: redis_command(server),
        is_ready=lambda: is_redis_ready(server),
        stop_timeout=0.5,
    )


def _stand_in(plan: Plan, name: str, title: str, module: str, port: int) -> Program:
    log = plan.folder.log(name)
    return Program(
        name=name,
        title=title,
        subject=f"The {title}",
        log=log,
        command=lambda: python_command(plan, "-m", module, log=log),
        is_ready=lambda: responds_to_http(port, "/"),
        stop_timeout=0.5,
    )


def _worker(plan: Plan) -> Program:
    """Ready when it has registered with the queue under a higher id than every earlier worker."""
    log = plan.folder.log("worker")
    before_start = {"id": 0}

    def command() -> Command:
        before_start["id"] = _find_latest_worker_id(plan.owner_url)
        return python_command(plan, "-m", "coursify", "worker", log=log)

    return Program(
        name="worker",
        title="worker",
        subject="The worker",
        log=log,
        command=command,
        is_ready=lambda: _find_latest_worker_id(plan.owner_url) > before_start["id"],
        stop_timeout=2.0,
    )


def _find_latest_worker_id(owner_url: str) -> int:
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=2) as connection:
            row = connection.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers").fetchone()
            return int(row[0]) if row else 0
    except psycopg.Error:
        return 0


def _api(plan: Plan) -> Program:
    log = plan.folder.log("api")
    arguments = ("-m", "coursify", "sandbox", "serve", "--host", "127.0.0.1", "--port", str(plan.port))
    return Program(
        name="api",
        title="API",
        subject="The API",
        log=log,
        command=lambda: python_command(plan, *arguments, log=log),
        is_ready=lambda: responds_to_http(plan.port, "/health/ready", status=200),
        stop_timeout=4.0,
    )
