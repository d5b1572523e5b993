"""certificates: one for each completion."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql(__file__)
