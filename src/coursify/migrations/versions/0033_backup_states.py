"""backup_states: when each part of the backups last succeeded, for metrics and alerts."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    run_sql(__file__)
