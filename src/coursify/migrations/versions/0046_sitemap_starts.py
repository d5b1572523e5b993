"""courses: where each sitemap begins."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    run_sql(__file__)
