"""covering_revenue: the money of one scope is read from the index of its key alone."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    run_sql(__file__)
