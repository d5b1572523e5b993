"""`coursify worker`: jobs, clocks and letters."""

from __future__ import annotations

import sys

import uvloop

from coursify.core.logging import configure_logging
from coursify.core.settings import ConfigurationError, load_settings
from coursify.worker import work


def worker(*, concurrency: int = 5) -> None:
    """Run jobs, CONCURRENCY at a time in each queue, until SIGTERM; what is running then is finished first."""
    try:
        settings = load_settings()
    except ConfigurationError as error:
        sys.exit(str(error))
    configure_logging(settings.app.log_level)
    uvloop.run(work(settings, concurrency=concurrency))
