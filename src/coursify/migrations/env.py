"""Runs revisions as the owner, under a short lock timeout, then gives the application's role what it may do."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, make_url, pool, text

# The application adds to these and never changes them.
APPEND_ONLY = ("ledger_transactions", "ledger_entries", "audit_log", "payment_status_history")


def run() -> None:
    owner_url = context.config.attributes["owner_url"]
    app_role = make_url(context.config.attributes["app_url"]).username
    engine = create_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"),
        poolclass=pool.NullPool,
        connect_args={"options": "-c lock_timeout=5000 -c timezone=UTC"},
    )
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            # One migrator at a time, however many replicas start together.
            connection.execute(text("SELECT pg_advisory_xact_lock(7311402)"))
            context.run_migrations()
        if app_role and app_role != make_url(owner_url).username:
            with engine.begin() as granting:
                grant(granting, app_role)
    engine.dispose()


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
