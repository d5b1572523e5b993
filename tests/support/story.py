"""The whole system for a story: API, worker, a Stripe with webhooks, a mailbox, one account for each role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.mailbox import Mailbox
from tests.support.school import ACCOUNTS, own_database
from tests.support.seeding import run_seed
from tests.support.servers import ServerAddresses
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin
from tests.support.system import System

from coursify_sandbox.run_file import RunFile


@dataclass(frozen=True)
class Story:
    """`folder` is a data folder like the sandbox's; its run.json has all addresses."""

    system: System
    run: RunFile
    folder: Path
    owner_url: str


@contextmanager
def run_story(
    environment: dict[str, str],
    servers: ServerAddresses,
    mailbox: Mailbox,
    folder: Path,
    serve_command: tuple[str, ...] = ("serve",),
) -> Iterator[Story]:
    port = free_port()
    standin = start_stripe_standin(folder / "stripe", f"http://127.0.0.1:{port}/api/v1/payments/webhook")
    try:
        with own_database(servers) as name:
            variables = environment | _variables(standin, servers.app_url_for(name), folder)
            seeded = run_seed(variables, "--empty")
            assert seeded.returncode == 0, seeded.stdout + seeded.stderr
            system = System(variables, folder, port=port, serve_command=serve_command)
            try:
                system.start("serve")
                system.start("worker")
                system.wait_until_ready()
                run = _write_run_file(folder, system, standin, mailbox)
                yield Story(system, run, folder, servers.owner_url_for(name))
            finally:
                system.stop()
    finally:
        standin.stop()


def _variables(standin: StripeStandin, database_url: str, folder: Path) -> dict[str, str]:
    accounts = folder / "accounts.json"
    accounts.write_text(
        json.dumps([{"role": who.role, "email": who.email, "password": who.password} for who in ACCOUNTS])
    )
    return {
        "DATABASE_URL": database_url,
        "STRIPE_SECRET_KEY": standin.secret_key,
        "STRIPE_PUBLISHABLE_KEY": standin.publishable_key,
        "STRIPE_WEBHOOK_SECRET": standin.webhook_secret,
        "STRIPE_API_BASE": standin.url,
        "SEED_ACCOUNTS_FILE": str(accounts),
    }


def _write_run_file(folder: Path, system: System, standin: StripeStandin, mailbox: Mailbox) -> RunFile:
    run: RunFile = {
        "api": system.url,
        "demo": f"{system.url}/demo/",
        "guide": f"{system.url}/guide",
        "mailbox": mailbox.url,
        "stripe": standin.url,
        "publishableKey": standin.publishable_key,
        "accounts": json.loads((folder / "accounts.json").read_text()),
    }
    (folder / "run.json").write_text(json.dumps(run))
    return run
