"""curriculum: sections of lessons, videos elsewhere, views of courses."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(__file__)
