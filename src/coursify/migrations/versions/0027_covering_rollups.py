"""covering_rollups: the figures of one scope are read from the index of their key alone."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    run_sql(__file__)
