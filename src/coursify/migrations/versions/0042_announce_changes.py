"""courses: a commit that changes what the catalogue shows announces it."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    run_sql(__file__)
