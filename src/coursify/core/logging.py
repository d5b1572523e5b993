"""Logs: one line per event on standard output, written by a thread so that the event loop never waits for a disk.

A line is a JSON object, or text for people with LOG_FORMAT=text.

Secrets and personal data are never logged: only ids, codes, routes and durations.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from coursify.core.errors import AppError
from coursify.core.log_writer import LineWriter
from coursify.core.settings import AppSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()
# It repeats a line every second while PostgreSQL is away; core/outage.py logs it once.
_LOGGED_ONCE = ("psycopg.pool",)
_PLAIN = re.compile(r"[^\s\"=]+")


@dataclass
class _AccessLog:
    """Where lines of requests go without passing the standard library's logging, which costs more than the request."""

    writer: LineWriter | None = None
    is_text: bool = False


_access = _AccessLog()


def configure_logging(app: AppSettings, *, is_forking: bool = False) -> None:
    """Send structlog and the standard library's loggers through one writer to standard output.

    A process that is about to fork writes its few lines itself: a fork beside the thread could keep its lock for ever.
    """
    handler = logging.StreamHandler(sys.stdout) if is_forking else LineWriter(sys.stdout)
    is_wanted = logging.getLevelNamesMapping()[app.log_level] <= logging.INFO
    _access.writer = handler if isinstance(handler, LineWriter) and is_wanted else None
    _access.is_text = app.log_format == "text"
    render = _render_text if app.log_format == "text" else _render_json
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=_shared_processors()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(app.log_level)
    for chatty in ("httpx", "httpcore", "stripe", "procrastinate", "alembic", "_granian"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for repeated in _LOGGED_ONCE:
        logging.getLogger(repeated).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[*_shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[app.log_level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def log_request(request_id: str, fields: dict[str, Any]) -> None:
    """The one line of a request, as `log.info` writes it, for a tenth of the time."""
    if _access.writer is None:
        log.info("request", **fields)
        return
    fields |= {"event": "request", "request_id": request_id, "level": "info", "timestamp": datetime.now(UTC)}
    line = _render_text(None, "", fields) if _access.is_text else orjson.dumps(fields, option=orjson.OPT_UTC_Z).decode()
    _access.writer.append(line)


def flush_logs() -> None:
    """Write the lines that wait: a process of several may end without running its exit handlers."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def _shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _render_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return orjson.dumps(_fields(event), default=str).decode()


def _render_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """`2026-11-26 12:00:00Z INFO request method=GET status=200`: one line, in the order of the fields."""
    fields = _fields(event)
    moment = str(fields.pop("timestamp", ""))[:19].replace("T", " ")
    level, sentence = str(fields.pop("level", "")).upper(), " ".join(str(fields.pop("event", "")).split())
    pairs = "".join(f" {name}={_word(value)}" for name, value in fields.items())
    return f"{moment}Z {level:<7} {sentence}{pairs}"


def _word(value: Any) -> str:
    """A value without spaces as it is, any other as JSON: it has no line breaks then."""
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if _PLAIN.fullmatch(text) else orjson.dumps(value, default=str).decode()


def _fields(event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    exc_info = event.pop("exc_info", None)
    if exc_info:
        event["error"] = describe(exc_info)
    return event


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
