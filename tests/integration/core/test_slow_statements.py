"""A slow statement is logged with its plan and the request id, and never with a value."""

from __future__ import annotations

from uuid import uuid4

import pytest
import structlog
from structlog.testing import capture_logs

from coursify.core.database import Database, fetch_value
from coursify.core.slow_statements import number_parameters, reporting_slow_statements

SECRET = "anna@example.com"
SLOW = "SELECT count(*) FROM pg_sleep(%(wait)s::float8) LEFT JOIN users ON email_canonical = %(email)s::text"


async def run_slowly(database: Database, *, times: int = 1) -> list[dict[str, object]]:
    request_id = uuid4().hex
    with (
        structlog.contextvars.bound_contextvars(request_id=request_id),
        capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines,
    ):
        async with reporting_slow_statements(database.url, slow_ms=400), database.read() as db:
            for _ in range(times):
                await fetch_value(db, int, SLOW, email=SECRET, wait=0.5)
    slow = [dict(line) for line in lines if "pg_sleep" in line.get("statement", "")]
    assert all(line["request_id"] == request_id for line in slow)
    return slow


async def test_a_slow_statement_is_logged_with_its_plan_and_request(database: Database, clean: None) -> None:
    (line,) = await run_slowly(database)
    assert "Aggregate" in str(line["plan"])
    assert "email_canonical" in str(line["statement"])
    assert SECRET not in str(line)


async def test_the_same_statement_is_reported_once_a_minute(database: Database, clean: None) -> None:
    assert len(await run_slowly(database, times=2)) == 1


@pytest.mark.parametrize(
    ("sql", "numbered"),
    [("SELECT %(a)s, %(b)s, %(a)s", "SELECT $1, $2, $1"), ("SELECT 5 %% 2", "SELECT 5 % 2")],
)
def test_parameters_become_numbers(sql: str, numbered: str) -> None:
    assert number_parameters(sql) == numbered
