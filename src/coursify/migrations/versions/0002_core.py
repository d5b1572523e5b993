"""core: idempotency keys, email deliveries, the audit log, attempts counted without Redis."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(__file__)
