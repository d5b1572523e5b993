"""The parts of a sandbox: how each is started, how it shows that it is ready, and how it is asked to stop."""

import http.client
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from coursify_sandbox.data_folder import TREE
from coursify_sandbox.postgres import Cluster, clear_stale_lock, postgres_answers, postgres_command
from coursify_sandbox.processes import Command
from coursify_sandbox.redis import RedisServer, redis_answers, redis_command
from coursify_sandbox.supervisor.plan import Plan, child_environment


@dataclass(frozen=True)
class Part:
    """`answers` may block for two seconds at most; `patience` is how long the part may take to be ready."""

    name: str
    title: str
    subject: str
    log: Path
    command: Callable[[], Command]
    answers: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_patience: float = 1.0
    patience: float = 30.0


def list_parts(plan: Plan) -> list[Part]:
    """Every part of this sandbox, in the order in which they are started."""
    parts = []
    if plan.cluster:
        parts.append(_postgres(plan.cluster))
    if plan.redis:
        parts.append(_redis(plan.redis))
    if plan.stripe_port:
        parts.append(_stand_in(plan, "stripe", "Stripe stand-in", "stripe_standin", plan.stripe_port))
    if plan.mailbox_port:
        parts.append(_stand_in(plan, "mailbox", "mailbox", "coursify_sandbox.mailbox", plan.mailbox_port))
    return [*parts, _worker(plan), _api(plan)]


def python_command(
    plan: Plan,
    *words: str,
    log: Path,
    extra: Mapping[str, str] | None = None,
) -> Command:
    """How to start one of our own programs with the sandbox's environment."""
    return Command(
        words=[sys.executable, *words],
        env=child_environment(plan) | dict(extra or {}),
        cwd=TREE if TREE.is_dir() else plan.folder.root,
        log=log,
    )


def answers_http(port: int, path: str, *, only: int | None = None) -> bool:
    """Whether an HTTP server answers there, with the status `only` when one is demanded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return only is None or status == only


def _postgres(cluster: Cluster) -> Part:
    def command() -> Command:
        clear_stale_lock(cluster)
        return postgres_command(cluster)

    return Part(
        name="postgres",
        title="PostgreSQL",
        subject="PostgreSQL",
        log=cluster.log,
        command=command,
        answers=lambda: postgres_answers(cluster),
        stop_signal=signal.SIGINT,
        stop_patience=2.0,
        patience=60.0,
    )


def _redis(server: RedisServer) -> Part:
    return Part(
        name="redis",
        title="Redis",
        subject="Redis",
        log=server.log,
        command=lambda: redis_command(server),
        answers=lambda: redis_answers(server),
        stop_patience=0.5,
    )


def _stand_in(plan: Plan, name: str, title: str, module: str, port: int) -> Part:
    log = plan.folder.log(name)
    return Part(
        name=name,
        title=title,
        subject=f"The {title}",
        log=log,
        command=lambda: python_command(plan, "-m", module, log=log),
        answers=lambda: answers_http(port, "/"),
        stop_patience=0.5,
    )


def _worker(plan: Plan) -> Part:
    """Ready once it has registered with the queue, under a higher number than every worker before it."""
    log = plan.folder.log("worker")
    seen = {"newest": 0}

    def command() -> Command:
        seen["newest"] = _newest_worker(plan.owner_url)
        return python_command(plan, "-m", "coursify", "worker", log=log)

    return Part(
        name="worker",
        title="worker",
        subject="The worker",
        log=log,
        command=command,
        answers=lambda: _newest_worker(plan.owner_url) > seen["newest"],
        stop_patience=2.0,
    )


def _newest_worker(owner_url: str) -> int:
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=2) as connection:
            row = connection.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers").fetchone()
            return int(row[0]) if row else 0
    except psycopg.Error:
        return 0


def _api(plan: Plan) -> Part:
    log = plan.folder.log("api")
    words = ("-m", "coursify", "serve", "--host", "127.0.0.1", "--port", str(plan.port))
    return Part(
        name="api",
        title="API",
        subject="The API",
        log=log,
        command=lambda: python_command(plan, *words, log=log),
        answers=lambda: answers_http(plan.port, "/health/ready", only=200),
        stop_patience=4.0,
    )
