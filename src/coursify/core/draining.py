"""Whether this process is about to stop: it still serves, and load balancers should send it no new requests."""

from __future__ import annotations

import threading

_draining = threading.Event()


def begin_draining() -> None:
    """From now on `/health/ready` answers 503. Also called by signal handlers."""
    _draining.set()


def is_draining() -> bool:
    return _draining.is_set()
