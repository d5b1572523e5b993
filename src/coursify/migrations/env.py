"""Runs revisions as the owner, one migrator at a time, then gives the application's role what it may do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, Engine, create_engine, make_url, pool, text

# The application adds to these and never changes them.
APPEND_ONLY = ("ledger_transactions", "ledger_entries", "audit_log", "payment_status_history")
MIGRATORS_LOCK = 7311402


def run() -> None:
    owner_url = context.config.attributes["owner_url"]
    app_role = make_url(context.config.attributes["app_url"]).username
    engine = create_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"),
        poolclass=pool.NullPool,
        connect_args={"options": "-c lock_timeout=5000 -c timezone=UTC"},
    )
    with one_migrator(engine):
        with engine.connect() as connection:
            context.configure(connection=connection, transaction_per_migration=True)
            with context.begin_transaction():
                context.run_migrations()
        if app_role and app_role != make_url(owner_url).username:
            with engine.begin() as connection:
                grant(connection, app_role)


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


def grant(connection: Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"REVOKE CREATE ON SCHEMA public FROM {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}",
        *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}" for table in APPEND_ONLY),
    ):
        connection.execute(text(statement))


run()
