"""courses: what learners need before a course, and what they can do after it."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    run_sql(__file__)
