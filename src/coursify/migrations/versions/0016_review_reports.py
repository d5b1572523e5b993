"""review_reports: reports about reviews, and what admins decide."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(__file__)
