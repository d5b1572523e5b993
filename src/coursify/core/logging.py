"""Logs: one JSON object per line on standard output, written by a thread so that the event loop never waits for a disk.

Secrets and personal data are never logged: only ids, codes, routes and durations.
"""

from __future__ import annotations

import atexit
import logging
import logging.handlers
import queue
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from coursify.core.errors import AppError

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def configure_logging(level: str) -> None:
    """Send structlog and the standard library's loggers through one queue as JSON lines."""
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    stream = logging.StreamHandler(sys.stdout)
    stream.setFormatter(logging.Formatter("%(message)s"))
    listener = logging.handlers.QueueListener(lines, stream)
    listener.start()
    atexit.register(listener.stop)
    handler = logging.handlers.QueueHandler(lines)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=_render, foreign_pre_chain=_shared_processors()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "stripe", "procrastinate", "alembic", "_granian", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _render(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    exc_info = event.pop("exc_info", None)
    if exc_info:
        event["error"] = describe(exc_info)
    return orjson.dumps(event, default=str).decode()


def describe(exc_info: Any) -> dict[str, Any]:
    """An exception without its message, which may quote personal data of a row."""
    error = sys.exc_info()[1] if exc_info is True else exc_info[1] if isinstance(exc_info, tuple) else exc_info
    frames = []
    trace = error.__traceback__ if error else None
    while trace:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('site-packages/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {
        "type": type(error).__name__,
        "code": getattr(error, "code", None) if isinstance(error, AppError) else getattr(error, "sqlstate", None),
        "trace": frames[-12:],
        "cause": type(error.__cause__).__name__ if error and error.__cause__ else None,
    }
