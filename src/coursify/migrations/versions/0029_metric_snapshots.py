"""metric_snapshots: the figures of the database that all processes report."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    run_sql(__file__)
