"""`coursify worker`: run jobs, periodic jobs and emails."""

from __future__ import annotations

import uvloop

from coursify.commands.environment import load_or_exit
from coursify.core.logging import configure_logging
from coursify.worker import work


def worker(*, concurrency: int = 5) -> None:
    """Run jobs, CONCURRENCY at a time in each queue, until SIGTERM. Running jobs finish first."""
    settings = load_or_exit()
    configure_logging(settings.app)
    uvloop.run(work(settings, concurrency=concurrency))
