"""enrollments: enrollments, access grants, progress."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(__file__)
