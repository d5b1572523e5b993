"""sold_lines: the sales of one instructor are found in the order in which they are shown."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    run_sql(__file__)
