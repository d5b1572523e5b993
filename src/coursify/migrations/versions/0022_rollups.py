"""rollups: statistics that are stored by period, and the indexes by which their facts are read."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql(__file__)
