"""The job queue: Procrastinate's schema."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(__file__)
