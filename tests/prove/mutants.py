"""`make mutants`: prints how many small faults in sign-in, rotation, reset and the policies the tests detect.

mutmut runs the account tests once for each fault, so all servers are started here once, and every test run finds them
by an environment variable (apart.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from tests.conftest import SERVERS, TEMPLATE
from tests.prove.apart import PLACES
from tests.support.mailbox import start_mailbox
from tests.support.servers import start_test_servers
from tests.support.stripe_standin import start_stripe_standin

from coursify.commands.migrate import upgrade
from coursify.core.settings import DatabaseSettings

MIN_PERCENT = 85
AT_ONCE = 2
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
# Everything else counts as missed, also a fault that no test reached.
DETECTED = ("killed", "timeout")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        places = [_start_place(Path(folder) / str(number), running) for number in range(AT_ONCE)]
        environment = os.environ | {SERVERS: _start_servers(running), PLACES: json.dumps(places)}
        subprocess.run([MUTMUT, "run", f"--max-children={AT_ONCE}", *sys.argv[1:]], env=environment, check=False)
    sys.exit(_print_score())


def _start_servers(running: ExitStack) -> str:
    """Starts PostgreSQL with a migrated template, and Redis; returns their addresses as JSON."""
    servers = start_test_servers(Path(tempfile.gettempdir()) / f"coursify-tests-{os.getpid()}")
    running.callback(servers.stop)
    addresses = servers.addresses()
    with psycopg.connect(addresses.owner_url_for("postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {TEMPLATE}")  # a constant of the tests
    upgrade(
        DatabaseSettings(
            database_url=addresses.app_url_for(TEMPLATE), database_owner_url=addresses.owner_url_for(TEMPLATE)
        )
    )
    return addresses.as_json()


def _start_place(folder: Path, running: ExitStack) -> dict[str, Any]:
    """Starts a mailbox and a Stripe stand-in for one test run at a time."""
    folder.mkdir()
    mailbox, standin = start_mailbox(folder), start_stripe_standin(folder / "stripe")
    running.callback(mailbox.stop)
    running.callback(standin.stop)
    keys = ("port", "secret_key", "publishable_key", "webhook_secret")
    return {
        "lock": str(folder / "lock"),
        "mailbox": {"port": mailbox.port, "api_key": mailbox.api_key},
        "stripe": {key: getattr(standin, key) for key in keys},
    }


def _print_score() -> int:
    """Prints the score; returns 1 when it is too low."""
    subprocess.run([MUTMUT, "export-cicd-stats"], check=True, stdout=subprocess.DEVNULL)
    counts: dict[str, int] = json.loads(Path("mutants/mutmut-cicd-stats.json").read_text())
    score = 100 * sum(counts[name] for name in DETECTED) / counts["total"]
    sys.stdout.write(f"{counts}\nMutation score: {score:.1f} % of {counts['total']} (target: {MIN_PERCENT} %)\n")
    return 0 if score >= MIN_PERCENT else 1


if __name__ == "__main__":
    main()
