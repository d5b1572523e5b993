"""A pytest plugin for `make mutants`: hundreds of short test runs, two at a time, share running servers.

A mailbox and a Stripe stand-in take longer to start than most tests run. So each run locks a free place with a running
mailbox, stand-in and Redis database.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from tests.support import mailbox, stripe_standin

PLACES = "COURSIFY_MUTANTS_PLACES"


@cache
def _lock_place() -> dict[str, Any]:
    """Locks the first free place until this process ends."""
    places: list[dict[str, Any]] = json.loads(os.environ[PLACES])
    while True:
        for number, place in enumerate(places):
            lock = os.open(place["lock"], os.O_CREAT | os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
            else:
                os.environ["PYTEST_XDIST_WORKER"] = f"gw{number}"
                return place
        time.sleep(0.05)


def _running_mailbox(folder: Path) -> mailbox.Mailbox:
    return mailbox.Mailbox(state=folder, **_lock_place()["mailbox"])


def _running_standin(folder: Path, webhook_url: str = "", **_options: Any) -> stripe_standin.StripeStandin:
    return stripe_standin.StripeStandin(
        state_dir=folder, webhook_url=webhook_url, clock_file=folder / "clock", **_lock_place()["stripe"]
    )


def pytest_configure() -> None:
    """Runs before the first fixture reads the worker's number."""
    if PLACES in os.environ:
        _lock_place()


if PLACES in os.environ:
    mailbox.start_mailbox = _running_mailbox
    stripe_standin.start_stripe_standin = _running_standin
