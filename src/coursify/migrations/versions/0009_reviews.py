"""reviews: ratings, comments, replies."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(__file__)
