"""lesson_announcements: that the learners of a course heard of its new lessons, and of which ones."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    run_sql(__file__)
