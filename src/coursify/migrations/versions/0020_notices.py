"""notices: notices about illegal content, decisions and appeals."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(__file__)
