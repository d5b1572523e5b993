"""course_snapshots: courses and lessons as admins approved or rejected them."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql(__file__)
