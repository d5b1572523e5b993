"""privacy: erasures, tombstones, data exports."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql(__file__)
