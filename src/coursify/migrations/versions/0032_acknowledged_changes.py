"""acknowledged_changes: an admin has read what changed in a published course."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_sql(__file__)
