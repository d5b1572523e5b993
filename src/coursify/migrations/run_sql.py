"""A revision is a pair of files: its number and name in Python, what it changes in SQL."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run_sql(revision_file: str) -> None:
    """Runs the SQL file beside the revision, in the revision's transaction.

    For one CREATE INDEX CONCURRENTLY the revision calls this inside `op.get_context().autocommit_block()`.
    """
    statements = Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")
    if op.get_context().as_sql:
        text = statements.rstrip()
        op.get_context().impl.static_output(text if text.endswith(";") else text + ";")
        return
    connection = op.get_bind()
    if "CONCURRENTLY" in statements:
        # It waits for others without blocking them; a time-out would leave an index that is invalid.
        connection.exec_driver_sql("SET lock_timeout = 0")
    # exec_driver_sql: `:` belongs to the SQL and marks no parameter. A single `%` would.
    connection.exec_driver_sql(statements.replace("%", "%%"))
    connection.exec_driver_sql("RESET lock_timeout")
