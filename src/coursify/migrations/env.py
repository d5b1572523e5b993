"""Runs revisions as the owner, one migrator at a time, then gives the application's role what it may do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, create_engine, make_url, pool, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError

# The application adds to these and never changes them.
APPEND_ONLY = ("ledger_transactions", "ledger_entries", "audit_log", "payment_status_history")
MIGRATORS_LOCK = 7311402
# Others queue behind a lock that a revision waits for, and requests wait for 2 s (core/database.py).
LOCK_TIMEOUT_MS = 1_000
TRIES, PAUSE_SECONDS = 60, 1.0


def run() -> None:
    owner_url = context.config.attributes["owner_url"]
    app_role = make_url(context.config.attributes["app_url"]).username
    if app_role == make_url(owner_url).username:
        app_role = None
    if context.is_offline_mode():
        print_sql(app_role)
        return
    engine = create_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"),
        poolclass=pool.NullPool,
        connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"},
    )
    with one_migrator(engine):
        for left in reversed(range(TRIES)):
            try:
                run_revisions(engine)
                break
            except OperationalError as error:
                if not left or not isinstance(error.orig, LockNotAvailable):
                    raise
                time.sleep(PAUSE_SECONDS)
        if app_role:
            with engine.begin() as connection:
                for statement in grants(app_role):
                    connection.execute(text(statement))


def run_revisions(engine: Engine) -> None:
    """Runs what is missing. A revision that does not get a lock changes nothing; those before it stay."""
    with engine.connect() as connection:
        context.configure(
            connection=connection, transaction_per_migration=True, on_version_apply=report_applied_revision
        )
        with context.begin_transaction():
            context.run_migrations()


def print_sql(app_role: str | None) -> None:
    """Prints what a migration would run, for people who run it by hand as the owner."""
    context.configure(dialect_name="postgresql", transaction_per_migration=True)
    context.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    context.execute("SET timezone = 'UTC'")
    with context.begin_transaction():
        context.run_migrations()
    for statement in grants(app_role) if app_role else ():
        context.execute(statement)


def report_applied_revision(_context: Any = None, step: Any = None, *_: Any, **_others: Any) -> None:
    report = context.config.attributes.get("report")
    if report:
        report(f"Applied {step.up_revision_id}: {step.up_revision.doc}")


@contextmanager
def one_migrator(engine: Engine) -> Iterator[None]:
    """Waits until no other migrator runs, and locks them out until this one ends.

    The lock belongs to a session of its own: one of the revisions' transactions would release it at its commit.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        # Polled: a session that waits inside a statement would block CREATE INDEX CONCURRENTLY of the other migrator.
        while not session.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": MIGRATORS_LOCK}):
            time.sleep(0.2)
        yield


def grants(role: str) -> tuple[str, ...]:
    quoted = postgresql.dialect().identifier_preparer.quote(role)  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
    return (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"REVOKE CREATE ON SCHEMA public FROM {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}" for table in APPEND_ONLY),
    )


run()
