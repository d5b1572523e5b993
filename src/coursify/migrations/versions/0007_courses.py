"""courses: categories, courses with their search vector, lessons."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(__file__)
