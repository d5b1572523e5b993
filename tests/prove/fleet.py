"""An installation for campaigns: two API processes, two workers, separate servers, a Stripe with webhooks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import psycopg
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN
from tests.support.servers import TestServers, start_test_servers
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin

from coursify.commands.migrate import upgrade
from coursify.core.settings import DatabaseSettings

Part = Literal["api 1", "api 2", "worker 1", "worker 2"]
PARTS: tuple[Part, ...] = ("api 1", "api 2", "worker 1", "worker 2")
DATABASE = "campaign"
READY_WITHIN = 60.0


@dataclass
class Fleet:
    """`kill` is a kill -9; `restart` starts the killed process again at once."""

    servers: TestServers
    standin: StripeStandin
    mailbox: Mailbox
    environment: dict[str, str]
    folder: Path
    ports: dict[Part, int]
    processes: dict[Part, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def owner_url(self) -> str:
        return self.servers.owner_url_for(DATABASE)

    def url(self, number: int = 1) -> str:
        return f"http://127.0.0.1:{self.ports['api 1' if number % 2 else 'api 2']}"

    def start(self, part: Part) -> None:
        command = [sys.executable, "-m", "coursify", "serve" if part.startswith("api") else "worker"]
        if part in self.ports:
            command += ["--port", str(self.ports[part])]
        with (self.folder / f"{part}.log").open("ab") as log:
            self.processes[part] = subprocess.Popen(command, env=os.environ | self.environment, stdout=log, stderr=log)

    def kill(self, part: Part) -> None:
        self.processes[part].send_signal(signal.SIGKILL)
        self.processes[part].wait()

    def restart(self, part: Part) -> None:
        self.kill(part)
        self.start(part)

    def revive(self) -> None:
        """Starts processes again that have ended, as a supervisor does; a worker ends when it loses its database."""
        for part, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start(part)

    def restart_postgres(self) -> None:
        """Restarts as after a crash: every connection breaks, and the write-ahead log is replayed."""
        self.servers.stop_postgres()
        self.servers.start_postgres()

    def wipe_redis(self) -> None:
        if self.servers.redis:
            self.servers.redis.stop()
            self.servers.redis.start()

    def wait_until_ready(self) -> None:
        for number in (1, 2):
            deadline = time.monotonic() + READY_WITHIN
            while True:
                try:
                    if httpx.get(f"{self.url(number)}/health/ready", **PLAIN).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                assert time.monotonic() < deadline, (self.folder / f"api {number}.log").read_text()[-3000:]
                time.sleep(0.1)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(30)


@contextmanager
def start_fleet(environment: dict[str, str], mailbox: Mailbox, folder: Path, **settings: str) -> Iterator[Fleet]:
    """A fleet that is ready; `settings` override the environment."""
    servers = start_test_servers(folder / "servers", durable=True)
    ports: dict[Part, int] = {"api 1": free_port(), "api 2": free_port()}
    standin = start_stripe_standin(
        folder / "stripe", f"http://127.0.0.1:{ports['api 1']}/api/v1/payments/webhook", clock_file=folder / "clock"
    )
    fleet = Fleet(
        servers, standin, mailbox, _environment_for(environment, servers, standin, folder) | settings, folder, ports
    )
    try:
        _create_database(servers)
        for part in PARTS:
            fleet.start(part)
        fleet.wait_until_ready()
        yield fleet
    finally:
        fleet.stop()
        standin.stop()
        servers.stop()


def _environment_for(
    environment: dict[str, str], servers: TestServers, standin: StripeStandin, folder: Path
) -> dict[str, str]:
    return environment | {
        "DATABASE_URL": servers.app_url_for(DATABASE),
        "DATABASE_OWNER_URL": servers.owner_url_for(DATABASE),
        "REDIS_URL": servers.redis_url(),
        "STRIPE_SECRET_KEY": standin.secret_key,
        "STRIPE_PUBLISHABLE_KEY": standin.publishable_key,
        "STRIPE_WEBHOOK_SECRET": standin.webhook_secret,
        "STRIPE_API_BASE": standin.url,
        "STRIPE_TIMEOUT_SECONDS": "4",
        "CLOCK_OFFSET_FILE": str(folder / "clock"),
        "LOG_LEVEL": "WARNING",
        "RATE_LIMIT_FACTOR": "100000",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
    }


def _create_database(servers: TestServers) -> None:
    with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {DATABASE}")  # a constant of this file
    upgrade(
        DatabaseSettings(database_url=servers.app_url_for(DATABASE), database_owner_url=servers.owner_url_for(DATABASE))
    )
