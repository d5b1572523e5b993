"""sale_suspensions: courses that an admin took off sale."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql(__file__)
