"""deleted_reviews: finds what became of a person's earlier reviews of a course."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql(__file__)
