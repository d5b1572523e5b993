"""media: assets, renditions, keys, captions; their places in courses, lessons and users."""

from __future__ import annotations

from coursify.migrations.run_sql import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(__file__)
