"""A pytest plugin for `make mutants`: hundreds of short runs of tests, two at a time, on servers that stay.

A mailbox and a Stripe stand-in take longer to start than most tests run. So each run takes a place (whichever is
free) with a mailbox, a stand-in and a database of Redis that wait there already.
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
def _take_place() -> dict[str, Any]:
    """The first that nobody holds; the lock ends with this process."""
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


def _waiting_mailbox(folder: Path) -> mailbox.Mailbox:
    return mailbox.Mailbox(state=folder, **_take_place()["mailbox"])


def _waiting_standin(folder: Path, webhook_url: str = "", **_options: Any) -> stripe_standin.StripeStandin:
    return stripe_standin.StripeStandin(
        state_dir=folder, webhook_url=webhook_url, clock_file=folder / "clock", **_take_place()["stripe"]
    )


def pytest_configure() -> None:
    """Before the first fixture reads which worker this is."""
    if PLACES in os.environ:
        _take_place()


if PLACES in os.environ:
    mailbox.start_mailbox = _waiting_mailbox
    stripe_standin.start_stripe_standin = _waiting_standin
