"""`coursify worker`: run jobs, periodic jobs and emails."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version

import uvloop
from procrastinate.exceptions import ConnectorException

from coursify.commands.environment import load_or_exit
from coursify.core.logging import configure_logging, log
from coursify.core.queues import QueueStopped
from coursify.core.setting_urls import describe_location
from coursify.worker import work


def worker(*, concurrency: int = 5) -> None:
    """Run jobs, CONCURRENCY at a time in each queue, until SIGTERM. Running jobs finish first.

    It takes none while the schema of the database does not fit this version.
    """
    settings = load_or_exit()
    configure_logging(settings.app)
    database = describe_location(settings.database.database_url)
    log.info("starting", version=version("coursify"), database=database, pid=os.getpid())
    try:
        uvloop.run(work(settings, concurrency=concurrency))
    except (QueueStopped, ConnectorException):
        log.error("stopped", reason="the connection to PostgreSQL was lost")
        sys.exit(1)
    log.info("stopped")
