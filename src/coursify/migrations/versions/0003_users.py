"""users: people and their roles."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(__file__)
