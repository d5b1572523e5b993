"""One machine as an operator has it: nginx, two replicas, documents, a worker, PostgreSQL, Redis, Stripe and mail."""

from __future__ import annotations

import json
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
from scripts.install import TREE
from tests.rehearse.versions import Version
from tests.support.mailbox import Mailbox, start_mailbox
from tests.support.nginx import Nginx
from tests.support.plain_http import PLAIN
from tests.support.servers import TestServers, start_test_servers
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin

from coursify_sandbox.keys import Keys, load_keys

Part = Literal["api 1", "api 2", "documents", "worker"]
DATABASE = "rehearsal"
READY_WITHIN = 240.0
ACCOUNT = 10_001


@dataclass
class Installation:
    folder: Path
    servers: TestServers
    stripe: StripeStandin
    mailbox: Mailbox
    nginx: Nginx
    keys: Keys
    ports: dict[Part, int]
    settings: dict[str, str] = field(default_factory=dict)
    versions: dict[Part, Version] = field(default_factory=dict)
    processes: dict[Part, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.nginx.folder / "state"

    @property
    def owner_url(self) -> str:
        return self.servers.owner_url_for(DATABASE)

    def environment(self, version: Version, *, in_image: bool | None = None) -> dict[str, str]:
        """What a process of this version reads; an image sees its state under another path."""
        is_image = "STATE" in version.environment if in_image is None else in_image
        state = Path("/var/lib/coursify") if is_image else self.state
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "ENVIRONMENT": "sandbox",
            "PUBLIC_URL": self.nginx.url,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "TRUSTED_PROXIES": "127.0.0.1",
            "DATABASE_URL": self.servers.app_url_for(DATABASE),
            "REDIS_URL": self.servers.redis_url(),
            "SERVER_KEY": self.keys.server_key,
            "JWT_KEYS": self.keys.jwt_keys,
            "ENCRYPTION_KEYS": self.keys.encryption_keys,
            "STRIPE_SECRET_KEY": self.stripe.secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.stripe.publishable_key,
            "STRIPE_WEBHOOK_SECRET": self.stripe.webhook_secret,
            "STRIPE_API_BASE": self.stripe.url,
            "SENDGRID_API_KEY": self.mailbox.api_key,
            "SENDGRID_API_BASE": self.mailbox.url,
            "MEDIA_FOLDER": str(state / "media"),
            "MEDIA_SCRATCH_FOLDER": str(state / "scratch"),
            "MEDIA_ACCEL_PREFIX": "/media-files/",
            "RATE_LIMIT_FACTOR": "1000",
            "SHUTDOWN_DELAY_SECONDS": "1",
            "LOG_LEVEL": "WARNING",
            **self.settings,
            **version.environment,
        }

    def migrate(self, version: Version) -> None:
        environment = self.environment(version) | {"DATABASE_OWNER_URL": self.owner_url}
        subprocess.run(version.run("migrate"), env=environment, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self, part: Part, version: Version) -> None:
        words = ["worker"] if part == "worker" else ["serve", "--port", str(self.ports[part])]
        self.versions[part] = version
        with (self.folder / f"{part}.log").open("ab") as log:
            self.processes[part] = subprocess.Popen(
                version.run(*words), env=self.environment(version), stdout=log, stderr=log, cwd="/"
            )

    def stop(self, part: Part) -> int:
        """As systemd does: SIGTERM, then it is waited for."""
        process = self.processes.pop(part)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def kill(self, part: Part) -> None:
        process = self.processes.pop(part)
        process.kill()
        process.wait()

    def wait_until_ready(self, part: Part) -> float:
        """Returns after how many seconds the replica was ready."""
        began = time.monotonic()
        while not self.is_ready(part):
            assert self.processes[part].poll() is None, self.end_of_log(part)
            assert time.monotonic() - began < READY_WITHIN, self.end_of_log(part)
            time.sleep(0.1)
        return time.monotonic() - began

    def is_ready(self, part: Part) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[part]}/health/ready", **PLAIN).status_code == 200
        except httpx.TransportError:
            return False

    def end_of_log(self, part: Part) -> str:
        return (self.folder / f"{part}.log").read_text()[-2000:]

    def count(self, sql: str) -> int:
        with psycopg.connect(self.owner_url, autocommit=True) as db:
            row = db.execute(sql).fetchone()  # a constant of these files
        return int(row[0]) if row else 0

    def stop_all(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def install(folder: Path) -> Iterator[Installation]:
    """Everything but our own processes, with an empty database."""
    servers = start_test_servers(folder / "servers", durable=True)
    ports: dict[Part, int] = {"api 1": free_port(), "api 2": free_port(), "documents": free_port()}
    front = Nginx(folder / "nginx", replicas=(ports["api 1"], ports["api 2"]), documents=ports["documents"])
    front.start()
    # Stripe's stand-in and the tour come in through nginx, too.
    os.environ["SSL_CERT_FILE"] = str(front.certificate)
    stripe = start_stripe_standin(
        folder / "stripe", f"{front.url}/api/v1/payments/webhook", clock_file=folder / "clock"
    )
    mailbox = start_mailbox(folder)
    made = Installation(folder, servers, stripe, mailbox, front, load_keys(folder / "secrets"), ports)
    try:
        for name in ("media", "scratch"):
            (made.state / name).mkdir(exist_ok=True)
            os.chown(made.state / name, ACCOUNT, ACCOUNT)
            (made.state / name).chmod(0o777)
        with psycopg.connect(servers.owner_url_for("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE {DATABASE}")  # a constant of this file
        yield made
    finally:
        made.stop_all()
        front.stop()
        mailbox.stop()
        stripe.stop()
        servers.stop()


def seed(installation: Installation) -> None:
    """One account per role, and the run file that `coursify tour` reads."""
    accounts = installation.folder / "accounts.json"
    accounts.write_text(json.dumps(installation.keys.accounts()))
    here = Version("this tree", (sys.executable, "-m", "coursify"), {"PYTHONPATH": str(TREE / "src")})
    environment = installation.environment(here) | {"SEED_ACCOUNTS_FILE": str(accounts)}
    subprocess.run(here.run("seed", "--empty"), env=environment, check=True, stdout=subprocess.DEVNULL)
    run_file = {
        "api": installation.nginx.url,
        "mailbox": installation.mailbox.url,
        "stripe": installation.stripe.url,
        "publishableKey": installation.stripe.publishable_key,
        "accounts": installation.keys.accounts(),
    }
    (installation.folder / "run.json").write_text(json.dumps(run_file))
